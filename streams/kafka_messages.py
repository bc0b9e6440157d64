"""What Kafka's clients hand over, as the rest of the product takes it: text keys, a mapping of headers."""

from collections.abc import Iterable, Mapping


def text_of(key: bytes | None) -> str:
    """The key as text; bytes that are none are replaced, because the key orders and decides nothing here."""
    return "" if key is None else key.decode(errors="replace")


def headers_of(
    pairs: Iterable[tuple[str, bytes | None]] | Mapping[str, bytes | None] | None,
) -> dict[str, str]:
    """The headers by name, of several with one name the last; bytes that are no text are replaced."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs or ()
    return {name: "" if value is None else value.decode(errors="replace") for name, value in items}

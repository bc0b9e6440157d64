"""Which language a reader gets, and that the Chinese catalogue is complete and compiled."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from api.web import i18n
from api.web.i18n import Language, Reader, gettext, negotiate_language, ngettext, reading

WEB = Path(i18n.__file__).parent
PO = WEB / "locale" / "zh" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        ("en", "zh-CN", "en"),
        ("zh", "en", "zh"),
        ("fr", "en", "en"),
        (None, None, "zh"),
        (None, "", "zh"),
        (None, "de-DE,de;q=0.9", "zh"),
        (None, "en-GB,en;q=0.9,zh;q=0.8", "en"),
        (None, "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        (None, "de, en;q=0.3, zh;q=0.7", "zh"),
        (None, "zh;q=0, en;q=0.1", "en"),
        (None, "en;q=high, *", "zh"),
    ],
)
def test_the_chosen_language_wins_then_the_browsers_then_chinese(
    cookie: str | None, accepted: str | None, expected: Language
) -> None:
    assert negotiate_language(cookie, accepted) == expected


def test_texts_follow_the_reader_and_return_afterwards() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with reading(Reader("en", now)):
        assert gettext("Notices") == "Notices"
        with reading(Reader("zh", now)):
            assert gettext("Notices") == "榜单"
            assert ngettext("%d day", "%d days", 2) == "%d 天"
        assert ngettext("%d day", "%d days", 1) == "%d day"


def _extracted() -> Catalog:
    catalog = Catalog()
    found = extract_from_dir(WEB, method_map=METHODS, options_map=OPTIONS)
    for _, _, message, _, context in found:
        catalog.add(message, context=context)
    return catalog


def _translated() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def _keys(catalog: Catalog) -> set[tuple[object, object]]:
    return {(message.id, message.context) for message in catalog if message.id}


def _is_untranslated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return message.fuzzy or not all(strings)


def test_the_catalogue_holds_exactly_the_messages_of_the_pages() -> None:
    assert _keys(_translated()) == _keys(_extracted()), "run `make messages`"


def test_every_message_is_translated() -> None:
    assert [message.id for message in _translated() if message.id and _is_untranslated(message)] == []


def test_no_translation_breaks_its_placeholders() -> None:
    assert [(message.id, errors) for message, errors in _translated().check()] == []


def test_the_compiled_catalogue_is_fresh() -> None:
    compiled = BytesIO()
    write_mo(compiled, _translated())
    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make messages`"

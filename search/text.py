"""Words, as both backends read them: in a text, in a query and while typing.

Neither backend segments Chinese. Each Han character is a token, and a run of them is found as a phrase.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_QUERY = 200
MAX_RUNS = 20
MAX_LABEL = 64

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
GAP = "\u200b"

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(f"[^\\W_{HAN}]+")
# A part number or a model name ("S7-1200", "OPC/UA", "3.5") is one run of several words.
_RUN = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+(?:[-./_'+&:]+[^\\W_{HAN}]+)*")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\uf8ff\U000f0000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens that must stand side by side. With `unfinished` the last one may go on."""

    text: str
    tokens: tuple[str, ...]
    unfinished: bool = False


def clean(text: str) -> str:
    """`text` in composed form, without control and private-use characters, invisible marks and surrogates."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def fold(text: str) -> str:
    """`text` with each compatibility character replaced by its plain one: ＣＮＣ becomes CNC.

    Of the same length as `text`, so that positions in one are positions in the other; a character that
    stands for several (㎡) is left.
    """
    return "".join(map(_plain, text)) if not text.isascii() else text


def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def runs(query: str) -> tuple[Run, ...]:
    """What `query` asks for: Han runs and Latin words in lower case, each once, all of which must be there.

    Any input is safe: operators, quotes and brackets of either backend are not words. Reads the first
    200 characters and keeps the first 20 runs. One Latin letter that is being typed is not a word yet.
    """
    text = fold(clean(query[:MAX_QUERY])).lower()
    found: dict[str, Run] = {}
    for match in _RUN.finditer(text):
        run = match.group()
        han = _HAN.match(run) is not None
        unfinished = not han and match.end() == len(text)
        if unfinished and len(run) == 1:
            continue
        found[run] = Run(run, tuple(run) if han else tuple(_WORD.findall(run)), unfinished)
    return tuple(found.values())[:MAX_RUNS]


def spaced(text: str) -> str:
    """`text` as FTS5's `unicode61` has to see it: folded, and with a gap around each Han character."""
    return _HAN.sub(lambda han: GAP + han.group() + GAP, fold(text))


def words(text: str) -> frozenset[str]:
    """The English words of `text` that a stemmer may shorten, in lower case, for completion."""
    return frozenset(re.findall(r"[a-z]{4,40}", fold(text).lower()))


def typed(prefix: str) -> str:
    """A typed prefix or a label as suggestions compare them: folded, lower case, single spaces."""
    return " ".join(fold(clean(prefix[:MAX_QUERY])).lower().split())[:MAX_LABEL]


def label_keys(label: str) -> tuple[str, ...]:
    """The prefixes' targets for a label: itself, and what follows from each later word or Han character."""
    text = typed(label)
    starts = [match.start() for match in re.finditer(f"[{HAN}]|[^\\W_{HAN}]+", text)]
    return tuple(dict.fromkeys(text[start:] for start in [0, *starts] if text[start:]))

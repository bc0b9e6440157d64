"""Which of a style sheet's classes the pages use."""

import re
from collections.abc import Iterable
from pathlib import Path

from tools.assets.paths import PAGES, ROOT

CLASS_SELECTOR = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
WORD = re.compile(r"[\w-]+")
CLASS_ATTRIBUTE = re.compile(r'\bclass="([^"]*)"')


def classes_in_styles(styles: Path) -> set[str]:
    """Return the classes that a style sheet has rules for."""
    return set(CLASS_SELECTOR.findall(styles.read_text()))


def words_in(globs: Iterable[str]) -> set[str]:
    """Return every word of the files, which is how purgecss decides what is used."""
    return {word for path in _files(globs) for word in WORD.findall(path.read_text())}


def classes_in_pages() -> set[str]:
    """Return the words in the class attributes of the templates."""
    attributes = (value for path in _files(PAGES) for value in CLASS_ATTRIBUTE.findall(path.read_text()))
    return {word for value in attributes for word in WORD.findall(value)}


def _files(globs: Iterable[str]) -> list[Path]:
    return [path for glob in globs for path in ROOT.glob(glob)]

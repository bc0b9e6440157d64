"""The documents name only what is there, and every setting."""

import re
from pathlib import Path

import pytest

from infra.settings import Settings

ROOT = Path(__file__).parents[3]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
DOCUMENTS = [
    *READMES,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "docs" / "architecture.md",
    *sorted((ROOT / "docs" / "adr").glob("*.md")),
]
SET_BY_THE_SERVER = {"log"}
FOLDERS = ("api", "domain", "infra", "jiebang", "producers", "search", "streams", "tests", "tools", "docs")


def name(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("readme", READMES, ids=name)
def test_every_setting_is_explained(readme: Path) -> None:
    named = {found.lower() for found in re.findall(r"`JIEBANG_([A-Z_]+)`", readme.read_text("utf-8"))}
    assert named - SET_BY_THE_SERVER == set(Settings.model_fields)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_targets_of_make_exist(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", document.read_text("utf-8"), re.MULTILINE):
        assert re.search(rf"^{''.join(target)}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        # Screenshots are taken from the running product, after a change of its pages.
        if not link.startswith("https://") and not link.endswith(".png"):
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_named_files_exist(document: Path) -> None:
    paths = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", document.read_text("utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("decision", sorted((ROOT / "docs" / "adr").glob("0*.md")), ids=name)
def test_decisions_are_short_and_complete(decision: Path) -> None:
    text = decision.read_text("utf-8")
    assert len(text.splitlines()) <= 40
    for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
        assert part in text
    assert decision.name in (decision.parent / "README.md").read_text("utf-8")

"""The vendored assets are complete, unchanged and self-contained."""

import json
import re
from pathlib import Path

import pytest

from tools.assets import check, classes
from tools.assets.build import COPIES
from tools.assets.paths import HERE, MANIFEST, SPRITE, STYLES, VENDOR


def test_what_is_vendored_is_what_the_manifest_says() -> None:
    assert check.changed_files(VENDOR) == []
    assert {*COPIES, SPRITE, STYLES} <= json.loads((VENDOR / MANIFEST).read_text()).keys()


def test_a_changed_a_missing_and_an_added_file_are_each_reported(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps({"changed.js": "0" * 64, "missing.js": "0" * 64}))
    (tmp_path / "changed.js").write_text("1")
    (tmp_path / "added.js").write_text("1")
    assert [problem.split()[0] for problem in check.changed_files(tmp_path)] == [
        "added.js",
        "changed.js",
        "missing.js",
    ]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose one template can be written, and lists of one known icon and one purged class."""
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(classes, "ROOT", tmp_path)
    for name, text in {"ICONS": "search\n", "UNUSED_CLASSES": "btn-ghost\n"}.items():
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(check, name, tmp_path / name)
    template = tmp_path / "api/web/templates/page.html"
    template.parent.mkdir(parents=True)
    return template


def test_a_page_may_use_what_is_vendored(site: Path) -> None:
    site.write_text('<a class="btn">{{ icon("search") }} btn-ghost</a>')
    assert check.problems() == []


def test_a_page_that_uses_more_is_told_what_to_do(site: Path) -> None:
    site.write_text("""<a class="btn {{ 'btn-ghost' if shy }}">{{ icon('bell') }}</a>""")
    icon, style = check.problems()
    assert "lacks the icon bell" in icon
    assert "lacks Tabler's class btn-ghost" in style


def test_styles_load_nothing_from_outside() -> None:
    for styles in VENDOR.glob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", styles.read_text()), styles.name


def test_the_lock_names_exact_versions_and_no_registry() -> None:
    pinned = json.loads((HERE / "package.json").read_text())["devDependencies"].values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned)
    assert '"resolved"' not in (HERE / "package-lock.json").read_text()

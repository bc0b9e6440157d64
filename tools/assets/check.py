"""Verify that the vendored assets are what the script made, and that they have what the pages use."""

import hashlib
import json
import re
from pathlib import Path

from tools.assets.classes import classes_in_pages
from tools.assets.paths import ICONS, MANIFEST, PAGES, ROOT, STYLES, UNUSED_CLASSES, VENDOR

ICON_CALL = re.compile(r"\bicon\(\s*['\"]([a-z0-9-]+)['\"]")


def problems() -> list[str]:
    """Return what is wrong, a sentence each; empty when all is well."""
    return [*changed_files(VENDOR), *_missing_icons(), *_missing_classes()]


def changed_files(vendor: Path) -> list[str]:
    """Compare the files in `vendor` with its manifest."""
    expected: dict[str, str] = json.loads((vendor / MANIFEST).read_text())
    found = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    differing = sorted(
        name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
    )
    return [f"{name} is not what the manifest says; `make assets` vendors it again" for name in differing]


def _missing_icons() -> list[str]:
    used = {
        name for glob in PAGES for path in ROOT.glob(glob) for name in ICON_CALL.findall(path.read_text())
    }
    missing = sorted(used - set(ICONS.read_text().split()))
    return [
        f"the sprite lacks the icon {name}: add it to {ICONS.name} and run `make assets`" for name in missing
    ]


def _missing_classes() -> list[str]:
    missing = sorted(classes_in_pages() & set(UNUSED_CLASSES.read_text().split()))
    return [
        f"the sheet {STYLES} lacks Tabler's class {name}, used by now: run `make assets`" for name in missing
    ]

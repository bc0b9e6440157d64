"""Where the assets come from and go to."""

from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORKSHOP = ROOT / ".local" / "assets"
VENDOR = ROOT / "api" / "web" / "static" / "vendor"
ICONS = HERE / "icons.txt"
UNUSED_CLASSES = HERE / "unused-classes.txt"
MANIFEST = "manifest.json"
SPRITE = "sprite.svg"
STYLES = "tabler.min.css"
"""Tabler's styles without the rules for which no page has a class."""

PAGES = ["api/web/templates/**/*.html"]
USERS_OF_STYLES = [*PAGES, "api/web/**/*.py", "api/web/static/js/*.js", "api/web/static/css/*.css"]
"""What decides which of Tabler's styles are kept, as globs below the root."""

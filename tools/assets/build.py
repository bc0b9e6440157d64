"""Make `api/web/static/vendor/` from the packages that package-lock.json pins."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from tools.assets.classes import classes_in_styles, words_in
from tools.assets.paths import (
    HERE,
    ICONS,
    MANIFEST,
    ROOT,
    SPRITE,
    STYLES,
    UNUSED_CLASSES,
    USERS_OF_STYLES,
    VENDOR,
    WORKSHOP,
)
from tools.services.errors import MissingTool

COPIES = {
    "alpine-csp.min.js": "@alpinejs/csp/dist/cdn.min.js",
    "asyncapi.css": "@asyncapi/react-component/styles/default.min.css",
    "asyncapi.js": "@asyncapi/react-component/browser/standalone/index.js",
    "barlow-400.woff2": "@fontsource/barlow/files/barlow-latin-400-normal.woff2",
    "barlow-600.woff2": "@fontsource/barlow/files/barlow-latin-600-normal.woff2",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "licenses/asyncapi.txt": "@asyncapi/react-component/LICENSE",
    "licenses/asyncapi-parts.txt": "@asyncapi/react-component/browser/standalone/index.js.LICENSE.txt",
    "licenses/barlow.txt": "@fontsource/barlow/LICENSE",
    "licenses/htmx.txt": "htmx.org/LICENSE",
    "licenses/swagger-ui.txt": "swagger-ui-dist/LICENSE",
    "licenses/swagger-ui-parts.txt": "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
    "licenses/tabler-icons.txt": "@tabler/icons/LICENSE",
}
"""Vendored file → its source among the packages; the licences that two packages lack are in `licenses/`."""

TABLER = "@tabler/core/dist/css/tabler.min.css"


def build() -> None:
    """Install the pinned packages and make the vendor folder anew; raises MissingTool without npm."""
    packages = _install()
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "licenses").mkdir(parents=True)
    for target, source in COPIES.items():
        shutil.copyfile(packages / source, VENDOR / target)
    for licence in (HERE / "licenses").iterdir():
        shutil.copyfile(licence, VENDOR / "licenses" / licence.name)
    (VENDOR / SPRITE).write_text(_sprite(packages / "@tabler" / "icons" / "icons"))
    _purge(packages)
    hashes = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(VENDOR.rglob("*"))
        if path.is_file()
    }
    (VENDOR / MANIFEST).write_text(json.dumps(hashes, indent=2) + "\n")


def _install() -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise MissingTool("`npm` is missing; vendoring web assets needs it: apt-get install npm")
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(HERE / name, WORKSHOP / name)
    subprocess.run([npm, "ci"], cwd=WORKSHOP, check=True)
    return WORKSHOP / "node_modules"


def _purge(packages: Path) -> None:
    """Keep the rules whose every class or element is a word in the pages, scripts and own styles."""
    command = [str(packages / ".bin" / "purgecss"), "--css", str(packages / TABLER), "--output", str(VENDOR)]
    subprocess.run([*command, "--keyframes", "--content", *USERS_OF_STYLES], cwd=ROOT, check=True)
    unused = (
        classes_in_styles(packages / TABLER) - classes_in_styles(VENDOR / STYLES) - words_in(USERS_OF_STYLES)
    )
    UNUSED_CLASSES.write_text("".join(f"{name}\n" for name in sorted(unused)))


def _sprite(icons: Path) -> str:
    symbols = [_symbol(icons, name) for name in ICONS.read_text().split()]
    logo = (HERE / "logo.svg").read_text().strip()
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', logo, *symbols, "</svg>", ""])


def _symbol(icons: Path, name: str) -> str:
    """Return Tabler's icon as a symbol that takes its colour and stroke width from where it is used."""
    style, paint = (
        "outline",
        'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"',
    )
    if name.endswith("-filled"):
        style, paint = "filled", 'fill="currentColor"'
    text = (icons / style / f"{name.removesuffix('-filled')}.svg").read_text()
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return f'<symbol id="i-{name}" viewBox="0 0 24 24" {paint}>{" ".join(body.split())}</symbol>'

"""Whatever is uploaded: it is kept as what it is, or refused, and nothing of it acts on anybody."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from tests.asking import Asker
from tests.serving import Serving

PARTS = {"content-type": "multipart/form-data; boundary=x"}


def part(name: str, content: bytes, field: bytes = b"file", headers: bytes = b"") -> bytes:
    disposition = b'Content-Disposition: form-data; name="%s"; filename="%s"' % (
        field,
        name.encode("latin-1"),
    )
    return b"--x\r\n" + disposition + b"\r\n" + headers + b"\r\n" + content + b"\r\n--x--\r\n"


def picture(width: int, height: int, pixels: bytes = b"\0") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + rows + chunk(b"IEND", b"")


def bomb() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("../../x", b"\0" * 20_000_000)
    return packed.getvalue()


def uploads() -> Iterator[bytes]:
    for name in (
        "../../etc/passwd",
        "a\0.txt",
        "a\r\nX: y.txt",
        "\xff\xfe",
        "",
        ".",
        "..",
        "/",
        "C:\\x",
        "a" * 900,
    ):
        yield part(name, b"abc")
    for size in ((60_000, 60_000), (7_500, 7_500), (0, 0), (2**31 - 1, 1), (10, 10)):
        yield part("a.png", picture(*size))
    for content in (
        b"",
        b"\xff\xd8\xff\xe0" + b"\0" * 99,
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 50,
        b"<svg/>",
        bomb(),
    ):
        yield part("a.html", content, headers=b"Content-Type: text/html\r\n")
    yield from (b"", b"--x\r\n", b"--x--\r\n", b"garbage", b"--x\r\n\r\na\r\n--x--\r\n")
    yield part("a", b"x", field=b"other")
    yield part("a", b"x", headers=b"".join(b"H%d: v\r\n" % number for number in range(5_000)))
    yield b"".join(part(f"{number}", b"a")[: -len(b"--x--\r\n")] for number in range(2_000)) + b"--x--\r\n"


def test_uploads(serving: Serving) -> None:
    asker = Asker(serving)
    captain = asker.serving.market.captain
    for content in uploads():
        for path in (f"/api/v1{asker.milestone}/files", f"{asker.milestone}/files", "/sign-in", "/post"):
            asker.ask(captain, "POST", path, content=content, headers=PARTS)
    kept = asker.ask(captain, "GET", f"/api/v1{asker.milestone}/files").json()["items"]
    assert kept
    for file in kept:
        assert file["media_type"] in ("text/plain", "application/zip")
        headers = asker.ask(captain, "GET", f"/api/v1/files/{file['id']}").headers
        disposition = headers["content-disposition"]
        assert disposition.startswith("attachment; filename*=UTF-8''")
        assert not set(disposition.removeprefix("attachment; filename*=UTF-8''")) & set('/\\\r\n"; ')
        assert headers["x-content-type-options"] == "nosniff"

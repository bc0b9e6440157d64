"""What an uploaded file really is, whatever its name says; pictures are encoded anew.

A picture that is encoded anew loses what cameras hide in it (place, serial number) and whatever else was
appended to it.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO, ClassVar
from unicodedata import category

import filetype
from PIL import Image, ImageOps

from domain.errors import Invalid

HEAD = 8192
MOST_PIXELS = 50_000_000
LONGEST_NAME = 200
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "video/mp4",
        "video/webm",
    }
)
TEXT = "text/plain"
ACCEPTED = ("JPEG", "PNG", "WebP", "PDF", "docx", "xlsx", "pptx", "zip", "MP4", "WebM", "txt", "csv")


class EmptyFile(Invalid):
    """The file has no bytes."""

    code: ClassVar[str] = "empty_file"


class UnknownFileType(Invalid):
    """The file's contents are of no kind that is accepted."""

    code: ClassVar[str] = "file_type"


class BrokenPicture(Invalid):
    """The file begins like a picture but cannot be read as one, or has too many pixels."""

    code: ClassVar[str] = "broken_picture"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept: `content` stands at its beginning."""

    name: str
    media_type: str
    content: BinaryIO


def checked_file(name: str | None, content: BinaryIO) -> CheckedFile:
    """The file as it is kept. Raises EmptyFile, UnknownFileType or BrokenPicture."""
    head = content.read(HEAD)
    content.seek(0)
    if not head:
        raise EmptyFile(field="file")
    media_type = media_type_of(head)
    if media_type in PICTURES:
        content = _encoded_anew(content, PICTURES[media_type])
    return CheckedFile(safe_name(name), media_type, content)


def media_type_of(head: bytes) -> str:
    """The media type that a file's first bytes say. Raises UnknownFileType."""
    guessed = filetype.guess_mime(head)
    if guessed in PICTURES or guessed in DOCUMENTS:
        return str(guessed)
    if guessed is None and _is_text(head):
        return TEXT
    raise UnknownFileType(field="file", found=guessed or "unknown", accepted=", ".join(ACCEPTED))


def safe_name(name: str | None) -> str:
    """The last part of the name, without control characters, at most 200 characters, never empty."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    shown = "".join(c for c in last if not category(c).startswith("C")).strip(" .")
    path = PurePosixPath(shown or "file")
    return path.name if len(path.name) <= LONGEST_NAME else path.stem[: LONGEST_NAME - 20] + path.suffix[:20]


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    # The first bytes may end within a character.
    return any(_decodes(head[: len(head) - cut], code) for code in ("utf-8", "gb18030") for cut in range(4))


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _encoded_anew(content: BinaryIO, form: str) -> BinaryIO:
    try:
        with Image.open(content, formats=[form]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BrokenPicture(field="file", most=MOST_PIXELS)
            upright = ImageOps.exif_transpose(picture)
            if form == "JPEG" and upright.mode not in ("L", "RGB", "CMYK"):
                upright = upright.convert("RGB")
            encoded = BytesIO()
            upright.save(encoded, form, quality=88)
    except BrokenPicture:
        raise
    except Exception as error:  # a decoder fails on hostile bytes in any way it likes
        raise BrokenPicture(field="file", most=MOST_PIXELS) from error
    encoded.seek(0)
    return encoded

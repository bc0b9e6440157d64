"""Scanning over a real connection to a stand-in for ClamAV's daemon: there is no ClamAV where tests run."""

import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.scanner import (
    CHUNK,
    ClamdAddress,
    ClamdScanner,
    InfectedFile,
    NoScanner,
    ScannerUnavailable,
    scanner_at,
)
from infra.settings import Settings
from tests.clamd_server import NAME, SIGNATURE, Clamd, clamd_server


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with clamd_server() as running:
        yield running


def scanner(clamd: Clamd, answer_seconds: float = 20.0) -> ClamdScanner:
    return ClamdScanner(ClamdAddress.parse(clamd.address), answer_seconds=answer_seconds)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_every_byte_is_looked_at_and_the_file_stays_where_it_stood(clamd: Clamd, size: int) -> None:
    content = BytesIO(b"before" + bytes(range(251)) * (size // 251 + 1))
    content.truncate(6 + size)
    content.seek(6)
    scanner(clamd).check(content)
    assert content.tell() == 6
    assert clamd.seen == [content.read()]


def test_what_is_found_is_named_wherever_it_stands(clamd: Clamd) -> None:
    content = BytesIO(b"." * (CHUNK - 3) + SIGNATURE)
    with pytest.raises(InfectedFile) as refused:
        scanner(clamd).check(content)
    assert (refused.value.field, refused.value.details["found"]) == ("file", NAME)
    assert content.tell() == 0


def test_a_unix_socket_serves_as_well(tmp_path: Path) -> None:
    with clamd_server(tmp_path / "clamd.ctl") as clamd:
        scanner_at(clamd.address).check(BytesIO(b"fine"))
        with pytest.raises(InfectedFile):
            scanner_at(clamd.address).check(BytesIO(SIGNATURE))


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK, or not\0", b"x" * 9_000, b"\xff\0"],
)
def test_no_clear_answer_is_not_taken_for_a_harmless_file(clamd: Clamd, answer: bytes) -> None:
    clamd.answer = answer
    with pytest.raises(ScannerUnavailable):
        scanner(clamd).check(BytesIO(b"fine"))


def test_a_scanner_that_is_not_there_or_says_nothing_is_unavailable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = ClamdAddress("127.0.0.1", silent.getsockname()[1])
        with pytest.raises(ScannerUnavailable):
            ClamdScanner(address, answer_seconds=0.2).check(BytesIO(b"fine"))
    for gone in (address, ClamdAddress(path=str(tmp_path / "nothing.ctl"))):
        with pytest.raises(ScannerUnavailable):
            ClamdScanner(gone).check(BytesIO(b"fine"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("clamav:3310", ClamdAddress("clamav", 3310)),
        ("[::1]:3310", ClamdAddress("::1", 3310)),
        ("/run/clamav/clamd.ctl", ClamdAddress(path="/run/clamav/clamd.ctl")),
    ],
)
def test_an_address_is_a_host_with_a_port_or_a_path(text: str, address: ClamdAddress) -> None:
    assert ClamdAddress.parse(text) == address
    assert Settings(clamd=text).clamd == text


@pytest.mark.parametrize(
    "text", ["", "clamav", "clamav:0", "clamav:70000", "tcp://clamav:3310", "run/clamd.ctl"]
)
def test_any_other_address_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="host:port"):
        Settings(clamd=text)


def test_without_an_address_nothing_is_scanned() -> None:
    assert isinstance(scanner_at(None), NoScanner)
    scanner_at(None).check(BytesIO(SIGNATURE))

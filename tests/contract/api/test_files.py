"""Files of milestones: who may add and read them, what is accepted, and what a crash leaves behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from httpx2 import Response
from PIL import Image
from starlette.testclient import TestClient

from domain.organisations import Actor
from domain.projects import Project
from infra.file_rows import MILESTONE, FileInfo, add_file, waiting_files
from infra.file_sweeper import UNDER_WAY, UNREFERENCED, FileSweeper, Swept
from tests.market import running_project
from tests.serving import Serving, actors_of, problem_of

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def project(serving: Serving) -> Project:
    """A project of the team, with two milestones."""
    return running_project(serving.store, serving.market, serving.taxonomy)


def place_of(project: Project) -> str:
    return f"/api/v1/projects/{project.id}/milestones/{project.milestones[0].id}/files"


def send(client: TestClient, project: Project, content: bytes, name: str = "报告.pdf") -> Response:
    return client.post(place_of(project), files={"file": (name, content)})


def picture(**saved: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", (40, 30), "red").save(written, "JPEG", **saved)
    return written.getvalue()


def test_a_file_comes_back_as_an_attachment(serving: Serving, project: Project) -> None:
    sent = send(serving.client(serving.market.member), project, PDF)
    assert sent.status_code == 201
    assert sent.json()["name"] == "报告.pdf"
    assert sent.json()["media_type"] == "application/pdf"
    fetched = serving.client(serving.market.enterprise_mentor).get(sent.headers["location"])
    assert fetched.content == PDF
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    listed = serving.client(serving.market.engineer).get(place_of(project)).json()
    assert [file["id"] for file in listed["items"]] == [sent.json()["id"]]


@pytest.mark.parametrize("outsider", ["other_engineer", "partner_captain", "partner_mentor"])
def test_outsiders_do_not_learn_of_files(serving: Serving, project: Project, outsider: str) -> None:
    sent = send(serving.client(serving.market.captain), project, PDF)
    client = serving.client(actors_of(serving.market)[outsider])
    problem_of(client.get(sent.headers["location"]), 404, "not_found")
    problem_of(client.get(place_of(project)), 404, "not_found")
    problem_of(send(client, project, PDF), 404, "not_found")


def test_who_only_looks_on_adds_nothing(serving: Serving, project: Project) -> None:
    problem_of(send(serving.client(serving.market.engineer), project, PDF), 403, "not_allowed")


def test_a_picture_loses_what_a_camera_hid_in_it(serving: Serving, project: Project) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    taken = picture(exif=exif) + b"SECRET-TRAILER"
    assert b"SECRET-CAMERA" in taken
    sent = send(serving.client(serving.market.captain), project, taken, "a.jpg")
    kept = serving.client(serving.market.captain).get(sent.headers["location"]).content
    assert b"SECRET" not in kept
    assert Image.open(BytesIO(kept)).size == (40, 30)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"MZ\x90\x00" + bytes(100), "file_type"),
        (b"\x7fELF" + bytes(100), "file_type"),
        (b'<?xml version="1.0"?><svg onload="alert(1)"/>\0', "file_type"),
        (picture()[:200], "broken_picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "broken_picture"),
    ],
)
def test_other_contents_are_refused(serving: Serving, project: Project, content: bytes, code: str) -> None:
    document = problem_of(
        send(serving.client(serving.market.captain), project, content, "innocent.pdf"), 422, code
    )
    assert document["errors"][0]["field"] == "file"


def test_markup_is_kept_as_plain_text(serving: Serving, project: Project) -> None:
    sent = send(serving.client(serving.market.captain), project, b"<script>alert(1)</script>", "x.html")
    assert sent.json()["media_type"] == "text/plain"


def test_an_archive_is_accepted(serving: Serving, project: Project) -> None:
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("log.csv", "t,v\n0,1\n")
    sent = send(serving.client(serving.market.captain), project, written.getvalue(), "log.zip")
    assert sent.json()["media_type"] == "application/zip"


def test_a_name_cannot_leave_its_folder(serving: Serving, project: Project) -> None:
    sent = send(serving.client(serving.market.captain), project, PDF, "../../etc/\\passwd")
    assert sent.json()["name"] == "passwd"


def test_a_file_that_was_committed_but_not_promoted_is_found(serving: Serving, project: Project) -> None:
    id = _committed(serving, project, serving.market.captain)
    client = serving.client(serving.market.captain)
    problem_of(client.get(f"/api/v1/files/{id}"), 404, "not_found")
    serving.clock.advance(UNDER_WAY + timedelta(seconds=1))
    assert _sweep(serving) == Swept(promoted=1, forgotten=0, removed=0)
    assert client.get(f"/api/v1/files/{id}").content == PDF


def test_bytes_without_a_row_are_removed_after_a_day(serving: Serving, project: Project) -> None:
    kept = send(serving.client(serving.market.captain), project, PDF)
    lost = serving.services.files.stage(BytesIO(PDF)).id
    written = {stored.id: stored.written_at for stored in serving.services.files.list()}
    serving.clock.advance(written[lost] - serving.clock.now() + UNREFERENCED - timedelta(minutes=1))
    assert _sweep(serving).removed == 0
    serving.clock.advance(timedelta(minutes=2))
    assert _sweep(serving).removed == 1
    assert [stored.id for stored in serving.services.files.list()] == [kept.json()["id"]]


def test_a_row_whose_bytes_were_lost_is_forgotten(serving: Serving, project: Project) -> None:
    send(serving.client(serving.market.captain), project, PDF)
    id = _committed(serving, project, serving.market.captain)
    _lose(serving, id)
    serving.clock.advance(UNDER_WAY + timedelta(seconds=1))
    assert _sweep(serving) == Swept(promoted=0, forgotten=1, removed=0)
    problem_of(serving.client(serving.market.captain).get(f"/api/v1/files/{id}"), 404, "not_found")


def test_no_row_is_forgotten_where_the_store_is_not_there(serving: Serving, project: Project) -> None:
    id = _committed(serving, project, serving.market.captain)
    _lose(serving, id)
    serving.clock.advance(UNDER_WAY + timedelta(seconds=1))
    assert _sweep(serving) == Swept(promoted=0, forgotten=0, removed=0)
    with serving.services.database.read() as connection:
        assert waiting_files(connection, serving.clock.now()) == [id]


def test_sweeping_side_by_side_gives_each_file_its_place(serving: Serving, project: Project) -> None:
    ids = [_committed(serving, project, serving.market.captain) for _ in range(30)]
    serving.clock.advance(UNDER_WAY + timedelta(seconds=1))
    with ThreadPoolExecutor(4) as threads:
        swept = list(threads.map(lambda _: _sweep(serving), range(4)))
    assert sum(one.forgotten + one.removed for one in swept) == 0
    client = serving.client(serving.market.captain)
    assert {client.get(f"/api/v1/files/{id}").content for id in ids} == {PDF}


def _lose(serving: Serving, id: str) -> None:
    for stored in serving.services.files.list():
        if stored.id == id:
            serving.services.files.remove(stored)


def _committed(serving: Serving, project: Project, by: Actor) -> str:
    """A file as a crash leaves it between the commit of its row and the promotion of its bytes."""
    staged = serving.services.files.stage(BytesIO(PDF))
    with serving.store.begin() as work:
        row = FileInfo(
            id=staged.id,
            subject_kind=MILESTONE,
            subject_id=project.milestones[0].id,
            uploader_id=by.person_id,
            name="a.pdf",
            media_type="application/pdf",
            size=staged.size,
            sha256=staged.sha256,
            created_at=work.now(),
            promoted_at=None,
        )
        add_file(work.connection, row)
        work.commit()
    return staged.id


def _sweep(serving: Serving) -> Swept:
    return FileSweeper(serving.services.files, serving.services.database, serving.clock).sweep()

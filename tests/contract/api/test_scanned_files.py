"""Uploads where files are scanned: what is found is refused, and what cannot be scanned leaves nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from domain.projects import Project
from infra.scanner import scanner_at
from tests.clamd_server import NAME, SIGNATURE, Clamd, clamd_server
from tests.market import running_project
from tests.serving import Serving, problem_of

PDF = b"%PDF-1.7\n1 0 obj\n"
HTML = {"Accept": "text/html"}


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with clamd_server() as running:
        yield running


@pytest.fixture
def scanned(serving: Serving, clamd: Clamd) -> Serving:
    """The application with the scanner set up."""
    services = replace(serving.services, scanner=scanner_at(clamd.address))
    return replace(serving, services=services, app=create_app(services))


@pytest.fixture
def project(serving: Serving) -> Project:
    return running_project(serving.store, serving.market, serving.taxonomy)


def place_of(project: Project) -> str:
    return f"/projects/{project.id}/milestones/{project.milestones[0].id}/files"


def send(client: TestClient, project: Project, content: bytes) -> Response:
    return client.post(f"/api/v1{place_of(project)}", files={"file": ("报告.pdf", content)})


def nothing_is_kept(serving: Serving, client: TestClient, project: Project) -> bool:
    listed = client.get(f"/api/v1{place_of(project)}").json()
    return serving.services.files.is_empty() and listed["total"] == 0


def test_a_harmless_file_is_scanned_and_kept(scanned: Serving, clamd: Clamd, project: Project) -> None:
    client = scanned.client(scanned.market.captain)
    sent = send(client, project, PDF)
    assert sent.status_code == 201
    assert clamd.seen == [PDF]
    assert client.get(sent.headers["location"]).content == PDF


def test_what_the_scanner_finds_is_refused_with_its_name(scanned: Serving, project: Project) -> None:
    client = scanned.client(scanned.market.captain)
    refused = problem_of(send(client, project, PDF + SIGNATURE), 422, "infected_file")
    assert NAME in refused["detail"]
    assert refused["errors"][0]["field"] == "file"
    page = client.post(place_of(project), files={"file": ("报告.pdf", PDF + SIGNATURE)}, headers=HTML)
    assert page.status_code == 422
    assert NAME in page.text
    assert nothing_is_kept(scanned, client, project)


def test_a_scanner_without_an_answer_leaves_nothing_half_done(
    scanned: Serving, clamd: Clamd, project: Project
) -> None:
    client = scanned.client(scanned.market.captain)
    clamd.answer = b""
    refused = send(client, project, PDF)
    problem_of(refused, 503, "unavailable")
    assert refused.headers["retry-after"]
    page = client.post(place_of(project), files={"file": ("报告.pdf", PDF)}, headers=HTML)
    assert page.status_code == 503
    assert nothing_is_kept(scanned, client, project)
    clamd.answer = None
    assert send(client, project, PDF).status_code == 201

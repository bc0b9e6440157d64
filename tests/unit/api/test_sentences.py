"""Every rule that can be broken is told in both languages."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import api
import domain
import infra
import search
from api.input_sentences import SENTENCES
from api.sentences import DETAILS, REASONS, STATES, TITLES, Sentence, detail, explain
from domain.bids import BidState
from domain.challenges import ChallengeState
from domain.errors import DomainError, MalformedEvent, UnknownEvent, WrongState
from domain.matching.errors import InvalidProfile, TaxonomyError, TaxonomyTooLarge
from domain.projects import MilestoneState, ProjectState

NOT_OF_REQUESTS = (UnknownEvent, MalformedEvent, InvalidProfile, TaxonomyError, TaxonomyTooLarge)
"""Broken by the log, by stored rows and by data files; a request that meets them is told of our failure."""

HAN = re.compile(r"[\u4e00-\u9fff]")


def modules() -> Iterator[str]:
    for package in (api, domain, infra, search):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name:
                yield found.name


def kinds(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from kinds(kind)


def requests_errors() -> list[type[DomainError]]:
    for name in modules():
        importlib.import_module(name)
    return [kind for kind in kinds(DomainError) if not issubclass(kind, NOT_OF_REQUESTS)]


def raised_reasons() -> set[str]:
    """Every `reason="…"` with which the sources of the domain and the edges raise."""
    found = set()
    for package in (domain, infra, api):
        for path in Path(package.__path__[0]).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    found |= {
                        str(given.value.value)
                        for given in node.exc.keywords
                        if given.arg == "reason" and isinstance(given.value, ast.Constant)
                    }
    return found


def test_every_error_of_a_request_has_a_title_and_a_remedy() -> None:
    codes = {kind.code for kind in requests_errors()}
    assert {"invalid", "gate_failed", "unknown_skill", "invalid_cursor", "file_type"} <= codes
    assert codes - set(TITLES) == set()
    assert codes - set(DETAILS) == set()


def test_every_title_has_a_remedy() -> None:
    assert set(TITLES) == set(DETAILS)


def test_every_reason_has_a_sentence() -> None:
    events_and_storage = {"data is not an object", "not an event of Jiebang"}
    reasons = raised_reasons() - events_and_storage
    assert "only the captain" in reasons
    assert reasons - set(REASONS) == set()


def test_every_state_has_a_name() -> None:
    for states in (ChallengeState, BidState, ProjectState, MilestoneState):
        missing = {str(state) for state in states} - set(STATES)
        assert missing == set()


@pytest.mark.parametrize("told", [TITLES, DETAILS, REASONS, STATES, SENTENCES])
def test_both_languages_say_the_same_names(told: dict[str, Sentence]) -> None:
    for code, sentence in told.items():
        assert HAN.search(sentence.zh), code
        assert not HAN.search(sentence.en), code
        names = re.findall(r"{(\w+)}", sentence.zh)
        assert sorted(names) == sorted(re.findall(r"{(\w+)}", sentence.en)), code


def test_a_state_is_told_by_its_name() -> None:
    error = WrongState(state=ChallengeState.JUDGING)
    assert "评审中" in explain(error, "zh")
    assert "being judged" in explain(error, "en")


def test_a_missing_detail_does_not_hide_the_refusal() -> None:
    assert "{capacity}" in detail("mentor_full", "en", {})

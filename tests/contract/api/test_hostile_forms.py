"""Numbers and days in forms of pages: what no row can hold is refused beside the field it was typed into."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.asking import Asker
from tests.serving import Serving

HTML = {"accept": "text/html"}
NUMBERS = ("9" * 400, "9" * 5_000, "-1e400", "-1", "nan", "1e300", "six", "٣" * 400)
DAYS = ("999999-01-01", "+999999-01-01T00:00", "9999-12-31T23:59", "0001-01-01", "0000-00-00", "9" * 400)
POSTED = {
    "title": "T",
    "industry": "machining",
    "city": "苏州",
    "bids_close_at": "2030-01-01T18:00",
    "kpi_baseline": "6.4",
    "kpi_target": "2",
    "kpi_unit": "h",
    "skill": "python",
    "do": "publish",
}


class Typed(NamedTuple):
    """A form that would be taken, and what is typed into which of its fields."""

    who: str
    path: Callable[[Asker], str]
    fields: dict[str, Any]
    name: str
    values: tuple[str, ...]


def bid(asker: Asker) -> str:
    return f"{asker.challenge}/bid"


def post(_: Asker) -> str:
    return "/post"


PLAN = {"approach": "x", "step.title": "y", "step.due": "2030-01-01", "hours_per_week": "8"}
TEAM = {"title": "T", "hours_per_week": "8", "version": "1"}
FORMS = [
    *(
        Typed("approver", post, POSTED, name, NUMBERS)
        for name in ("reward_cny", "hours_per_week", "weight.python")
    ),
    *(Typed("approver", post, POSTED, name, NUMBERS) for name in ("level.python",)),
    *(
        Typed("approver", post, POSTED, name, tuple(set(NUMBERS) - {"-1"}))
        for name in ("kpi_baseline", "kpi_target")
    ),
    Typed("approver", post, POSTED, "bids_close_at", DAYS),
    Typed("captain", bid, PLAN, "hours_per_week", NUMBERS),
    Typed("captain", bid, PLAN, "step.due", DAYS),
    Typed("loner", lambda _: "/team", TEAM, "hours_per_week", NUMBERS),
    Typed("captain", lambda _: "/team/change", TEAM, "hours_per_week", NUMBERS),
    Typed("captain", lambda _: "/team/skills", {"skill": "python", "do": "save"}, "level.python", NUMBERS),
]


def test_what_cannot_be_kept_is_refused_beside_its_field(serving: Serving) -> None:
    asker = Asker(serving)
    for form in FORMS:
        actor = getattr(serving.market, form.who)
        for value in form.values:
            sent = {**form.fields, form.name: value}
            answer = asker.ask(
                actor, "POST", form.path(asker), data=sent, headers=HTML, follow_redirects=False
            )
            assert answer.status_code == 422, (form.name, value[:20])
            field = re.search(rf'<(?:input|select)[^>]* name="{re.escape(form.name)}"[^>]*>', answer.text)
            assert field is not None, form.name
            assert 'aria-invalid="true"' in field[0], (form.name, value[:20])
            said = re.search(r'aria-describedby="([\w.-]+)', field[0])
            assert said is not None, form.name
            assert re.search(rf'id="{re.escape(said[1])}" class="err[^"]*">[^<]+<', answer.text), form.name


def test_a_form_is_shown_again_whatever_was_typed_into_it(serving: Serving) -> None:
    asker = Asker(serving)
    names = ("reward_cny", "hours_per_week", "weight.python", "level.python", "kpi_baseline", "bids_close_at")
    for value in (*NUMBERS, *DAYS):
        sent = {**POSTED, **dict.fromkeys(names, value)}
        for path in ("/post", "/post/preview", "/post/skills"):
            for do in ("preview", f"add:python:{'9' * 400}"):
                asker.ask(serving.market.approver, "POST", path, data={**sent, "do": do}, headers=HTML)


NO_MOMENT = ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00", "999999-01-01T00:00Z", "9" * 400)


def test_addresses_of_pages_hold_no_number_that_fails(serving: Serving) -> None:
    asker = Asker(serving)
    captain = serving.market.captain
    numbers = ("9" * 19, "9" * 400, "-1", "1e309", "%D9%A3", "٣")
    for value in numbers:
        for name in ("reward", "fit", "cursor", "factory", "industry", "state"):
            asker.ask(captain, "GET", f"/?f=1&{name}={value}", headers=HTML)
        for path in (f"{asker.challenge}/matches?most=", "/inbox?before=", "/inbox/", "/challenges/J-"):
            asker.ask(captain, "GET", f"{path}{value}", headers=HTML)
        asker.ask(captain, "POST", "/inbox/read", data={"up_to": value}, headers=HTML)
    for value in (*numbers, *NO_MOMENT):
        asker.ask(captain, "GET", f"/feed?before={value}", headers=HTML)

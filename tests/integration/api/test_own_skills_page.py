"""The administrator's page of the skills that an installation adds."""

import re

import pytest

from tests.integration.api.test_account_pages import HTML, page
from tests.serving import Serving

PATH = "/local-skills"
ENAMEL = {
    "zh": "搪瓷烧成",
    "en": "Enamel firing",
    "aliases": "搪烧，enamelling, ",
    "side": "ot",
    "group": "moulding.injection",
}


def test_an_administrator_adds_a_skill_and_calls_it_something_else(serving: Serving) -> None:
    administrator = serving.client(serving.market.administrator)
    assert f'href="{PATH}"' in page(administrator, "/account")
    assert f'href="{PATH}"' in page(administrator, "/skills")
    added = administrator.post(PATH, data=ENAMEL, headers=HTML)
    assert "Skill added." in added.text
    assert f'href="{PATH}/local-enamel-firing"' in added.text
    assert "the search of the catalogue follow a new name in a moment" in added.text
    serving.settle()
    assert "搪烧" in page(serving.client(), "/skills/local-enamel-firing")

    form = page(administrator, f"{PATH}/local-enamel-firing")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    assert 'value="搪烧, enamelling"' in form
    renamed = ENAMEL | {"zh": "搪瓷上釉", "group": "moulding.mould", "version": version[1]}
    changed = administrator.post(f"{PATH}/local-enamel-firing", data=renamed, headers=HTML)
    assert "Skill changed." in changed.text
    serving.settle()
    assert "搪瓷上釉" in page(serving.client(), "/skills/local-enamel-firing")

    stale = administrator.post(f"{PATH}/local-enamel-firing", data=renamed, headers=HTML)
    assert stale.status_code == 422
    assert 'role="alert"' in stale.text
    assert 'value="搪瓷上釉"' in stale.text
    assert 'name="version" value="2"' in stale.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"zh": ""}, "zh"),
        ({"en": "x" * 81}, "en"),
        ({"en": "PLC programming"}, "en"),
        ({"aliases": "搪烧, plc programming"}, "aliases"),
        ({"aliases": ",".join(map(str, range(51)))}, "aliases"),
        ({"group": ""}, "group"),
        ({"group": "moulding"}, "group"),
        ({"code": "enamel"}, "code"),
        ({"en": "搪瓷"}, "code"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(serving: Serving, typed: dict[str, str], field: str) -> None:
    administrator = serving.client(serving.market.administrator)
    refused = administrator.post(PATH, data=ENAMEL | typed, headers=HTML)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert "None yet." in page(administrator, PATH)


def test_nobody_else_has_the_page(serving: Serving) -> None:
    serving.client(serving.market.administrator).post(PATH, data=ENAMEL)
    one = f"{PATH}/local-enamel-firing"
    for actor in (serving.market.school_admin, serving.market.approver, serving.market.captain):
        client = serving.client(actor)
        assert f'href="{PATH}"' not in page(client, "/skills") + page(client, "/account")
        for path in (PATH, one):
            assert client.get(path, headers=HTML).status_code == 403
            assert client.post(path, data=ENAMEL, headers=HTML).status_code == 403
    assert serving.client().get(PATH, headers=HTML).url.path == "/sign-in"
    administrator = serving.client(serving.market.administrator)
    assert administrator.get(f"{PATH}/local-nothing", headers=HTML).status_code == 404
    assert administrator.post(f"{PATH}/local-nothing", data=ENAMEL, headers=HTML).status_code == 404

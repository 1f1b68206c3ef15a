"""Every form of staff and participants with a token of an older tab: nothing is done, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from deploy.local.installation import APPLICATIONS
from deploy.local.visitor import Page
from services.meetings.models import service as meetings
from shared.ids import new_id
from shared.security import passes
from shared.security.access import AccessRule, Cookies
from shared.security.actor import Actor
from tests.support.inline_installation import InlineInstallation

ROLES = frozenset({"manager", "coordinator", "facilitator", "intro_worker", "messenger"})
STAFF = Actor(new_id(), "staff", "Kim", {new_id(): ROLES})
PARTICIPANT = Actor(new_id(), "participant")
TYPED = MultiDict(
    [("call_name", 'Noor "de <b>beste</b>"'), ("days", "0"), ("days", "3"), ("words", "een regel\r\nnog een")]
)
ADDRESS = re.compile(r"<(?:[^:<>]+:)?\w+>")
OURS: dict[str, str] = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def apps(installation: InlineInstallation) -> dict[str, Flask]:
    settings = installation.installation.settings_of
    return {application.name: application.create_app(settings(application.name)) for application in APPLICATIONS}


def forms(apps: dict[str, Flask]) -> Iterator[tuple[Flask, str, AccessRule]]:
    """Every address to which somebody of the staff or a participant sends something."""
    for app in apps.values():
        for rule in app.url_map.iter_rules():
            access_rule = app.view_functions[rule.endpoint].__access_rule__  # type: ignore[attr-defined]
            if "POST" in (rule.methods or ()) and access_rule.kind in ("staff", "participant"):
                yield app, ADDRESS.sub(new_id(), rule.rule), access_rule


def send(
    app: Flask, address: str, kind: str, headers: dict[str, str], typed: MultiDict[str, str] = TYPED
) -> TestResponse:
    """Send what was typed with a token that is of no use any more."""
    client, cookies = app.test_client(), Cookies.of("http://localhost")
    actor = STAFF if kind == "staff" else PARTICIPANT
    client.set_cookie(getattr(cookies, kind), passes.sign(meetings.encryption.keyring, actor))
    return client.post(address, data=typed | MultiDict({"csrf_token": "of an older tab"}), headers=headers)


def test_every_form_comes_back_with_all_that_was_typed_and_a_fresh_token(apps: dict[str, Flask]) -> None:
    seen = list(forms(apps))
    for app, address, rule in seen:
        answer = send(app, address, rule.kind, OURS)
        [form] = [form for form in Page(address, 400, answer.text).forms if form.action == address]

        assert answer.status_code == 400, address
        assert "Er is nog niets veranderd" in answer.text
        assert form.fields["csrf_token"] not in ([], ["of an older tab"])
        assert form.fields["call_name"] == ['Noor "de <b>beste</b>"']
        assert re.findall(r'name="days" value="(\d)"', answer.text) == ["0", "3"]
        assert form.fields["words"] == ["een regel\r\nnog een"]
    assert len(seen) > 50


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://kwaad.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_what_another_site_has_somebody_send_is_refused_and_not_offered_again(
    apps: dict[str, Flask], headers: dict[str, str]
) -> None:
    for app, address, rule in forms(apps):
        answer = send(app, address, rule.kind, headers)

        assert answer.status_code == 400, address
        assert "de &lt;b&gt;beste" not in answer.text
        assert "csrf_token" not in re.findall(r"(?s)<main.*</main>", answer.text)[0]


def test_a_program_gets_a_problem_and_no_page(apps: dict[str, Flask]) -> None:
    app, address, rule = next(forms(apps))

    answer = send(app, address, rule.kind, {"Accept": "application/problem+json"})

    assert (answer.status_code, answer.json["code"]) == (400, "form_expired")  # type: ignore[index]

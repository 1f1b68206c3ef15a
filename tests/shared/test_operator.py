"""The operator interface: the same in this process and over HTTP, and for nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client

from deploy.local.installation import APPLICATIONS
from services.intake.models import service as intake
from services.meetings.commands.organisations import register_organisation
from services.meetings.models import service as meetings
from services.meetings.settings import Settings
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.event_inspector import EventInspector
from shared.messaging.event_trace import EventFilter
from shared.messaging.operator import HttpOperator, OperatorUnreachable, as_operator
from shared.security import passes, service_tokens
from shared.security.actor import Actor, system
from shared.settings import SettingsError

MEETINGS = next(application for application in APPLICATIONS if application.name == "meetings")
INTAKE = next(application for application in APPLICATIONS if application.name == "intake")


def vouched(organisation_id: str, *roles: str) -> Actor:
    actor = Actor(new_id(), "staff", "Vos", {organisation_id: frozenset(roles or ("manager",))})
    return as_operator(actor, frozenset({"manager", "messenger"}))


def make_pass(actor: Actor) -> str:
    return passes.sign(meetings.encryption.keyring, actor)


def token(reader: str = "meetings", publisher: str = "intake") -> str:
    service = meetings if reader == "meetings" else intake
    return service_tokens.sign(service.encryption.keyring, reader, publisher)


class Both:
    """Intake in this process and over HTTP; it has two dead letters."""

    def __init__(self, installation: Any) -> None:
        us = system("installation")
        self.kade, self.brink = (
            register_organisation(us, name=name, region="Lindeveen", request_id=new_id())
            for name in ("De Kade", "De Brink")
        )
        installation.settle()
        self.events = {event.data["organisation_id"]: event for event in installation.events("meetings")}
        for entry in meetings.outbox.entries_after(0, 10):
            with intake.transaction():
                intake.inbox.dead_letter("meetings", entry.id, "organisation/x", entry.text, "never")
        app = INTAKE.create_app(installation.installation.settings_of("intake"))
        self.client = Client(app)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.local: EventInspector = app.extensions["operator"]
        self.remote = HttpOperator(f"http://127.0.0.1:{self.server.port}", "intake", "meetings", token, make_pass)

    def dead(self, organisation_id: str) -> Any:
        table = intake.inbox.DeadLetter
        return table.get(table.event_id == self.events[organisation_id].id)


@pytest.fixture
def both(installation: Any) -> Iterator[Both]:
    made = Both(installation)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_over_http_the_answers_are_those_of_the_process_itself(both: Both, installation: Any) -> None:
    visitor = installation.visitor()
    visitor.submit(visitor.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name="Noor")
    installation.settle()
    actor, consumed_id = vouched(both.kade), both.events[both.kade].id
    [newest, *_] = both.local.list_published(actor, EventFilter()).events
    details = both.local.get_published(actor, newest.id)

    for wanted in (
        EventFilter(),
        EventFilter(name="signup_received"),
        EventFilter(subject_id=newest.subject_id),
        EventFilter(before=newest.id),
        EventFilter(since=datetime(2020, 1, 1, tzinfo=UTC)),
        EventFilter(limit=1),
        EventFilter(name="nothing_of_ours"),
        EventFilter(traceparent=details.traceparent, around=newest.id),
    ):
        assert both.remote.list_published(actor, wanted) == both.local.list_published(actor, wanted), wanted
    assert both.remote.get_published(actor, newest.id) == details
    assert both.remote.get_consumption(actor, consumed_id) == both.local.get_consumption(actor, consumed_id)
    assert both.remote.get_consumption(actor, consumed_id).handled_at is not None
    assert both.remote.list_failures(actor) == both.local.list_failures(actor)
    assert len(both.remote.list_failures(actor).dead) == 1


def test_an_event_shows_ids_and_fixed_words_and_whom_the_rest_is_sealed_for(both: Both, installation: Any) -> None:
    visitor = installation.visitor()
    visitor.submit(
        visitor.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name="Noor", email="noor@example.org"
    )
    installation.settle()
    actor = vouched(both.kade)

    published = {
        event.name: both.remote.get_published(actor, event.id)
        for event in both.remote.list_published(actor, EventFilter()).events
    }

    assert published["contact_changed"].facts["channels"] == ["email"]
    assert published["contact_changed"].sealed_for == ["notifications"]
    assert set(published["participant_changed"].facts) == {"participant_id", "organisation_id"}
    assert "personal" not in str(published)
    assert "Noor" not in str(published)
    assert "noor@" not in str(published)


def test_only_events_of_the_own_organisation_are_shown_and_replayed(both: Both) -> None:
    actor = vouched(both.brink)

    assert [failure.organisation_id for failure in both.remote.list_failures(actor).dead] == [both.brink]
    for operator in (both.local, both.remote):
        with pytest.raises(NotFound):
            operator.replay(actor, dead_id=both.dead(both.kade).id, reason="mended", request_id=new_id())
    assert both.dead(both.kade).replayed_at is None


def test_a_dead_letter_is_replayed_over_http_once_and_the_holder_logs_by_whom(both: Both) -> None:
    actor, dead, key = vouched(both.kade), both.dead(both.kade), new_id()

    first = both.remote.replay(actor, dead_id=dead.id, reason="mended", request_id=key)
    again = both.remote.replay(actor, dead_id=dead.id, reason="mended", request_id=key)
    with pytest.raises(NotFound):
        both.remote.replay(actor, dead_id=dead.id, reason="mended", request_id=new_id())

    assert first == again == dead.event_id
    assert intake.inbox.InboxRetry.select().count() == 1
    audit_entry = intake.audit.AuditEntry
    [line] = audit_entry.select().where(audit_entry.about_kind == "dead_letter")
    assert (line.actor_id, line.purpose, line.organisation_id) == (actor.id, "mended", both.kade)
    assert line.actor_roles == "manager,operator"


def test_the_command_line_sees_all(both: Both) -> None:
    operator = Actor("operator:root", "operator")

    assert len(both.local.list_failures(operator).dead) == 2


def ask(both: Both, given: str | None = None, passed: str | None = None, reader: str = "meetings") -> int:
    headers = {
        "Authorization": f"Bearer {token() if given is None else given}",
        "X-Reader": reader,
        "X-Operator": make_pass(vouched(both.kade)) if passed is None else passed,
    }
    return int(both.client.get("/operator/intake/failures", headers=headers).status_code)


def test_who_is_no_service_or_asks_for_nobody_is_refused(both: Both) -> None:
    plain = Actor(new_id(), "staff", "Vos", {both.kade: frozenset({"manager"})})
    key = Actor("key:1", "key", "", {both.kade: frozenset({"operator"})})

    assert ask(both) == 200
    assert both.client.get("/operator/intake/failures").status_code == 401
    assert ask(both, given="a.b.c") == 401
    assert ask(both, reader="questionnaires") == 401
    assert ask(both, passed="") == 403
    assert ask(both, passed="a.b.c") == 403
    assert ask(both, passed=make_pass(plain)) == 403  # a pass that any page gets is not enough
    assert ask(both, passed=make_pass(key)) == 403
    assert ask(both, passed=make_pass(as_operator(plain, frozenset({"messenger"})))) == 403


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "before=x", "since=x", "name=%00", "subject_id=1", "traceparent=%27", "around=x"],
)
def test_a_strange_question_is_refused(both: Both, query: str) -> None:
    headers = {
        "Authorization": f"Bearer {token()}",
        "X-Reader": "meetings",
        "Accept": "application/json",
        "X-Operator": make_pass(vouched(both.kade)),
    }

    assert both.client.get(f"/operator/intake/published?{query}", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        "x",
        {"reason": "", "request_id": new_id()},
        {"reason": "x" * 201, "request_id": new_id()},
        {"reason": "mended", "request_id": "x"},
        {"reason": 7, "request_id": new_id()},
    ],
)
def test_a_replay_that_is_asked_wrongly_does_nothing(both: Both, asked: Any) -> None:
    headers = {
        "Authorization": f"Bearer {token()}",
        "X-Reader": "meetings",
        "Accept": "application/json",
        "X-Operator": make_pass(vouched(both.kade)),
    }
    path = f"/operator/intake/dead-letters/{both.dead(both.kade).id}/replay"

    assert both.client.post(path, json=asked, headers=headers).status_code == 400
    assert both.dead(both.kade).replayed_at is None


def test_a_service_that_does_not_answer_is_silent(both: Both) -> None:
    away = HttpOperator("http://127.0.0.1:9", "intake", "meetings", token, make_pass)

    with pytest.raises(OperatorUnreachable):
        away.list_failures(vouched(both.kade))


def test_the_page_goes_on_with_what_it_knows_when_a_service_is_silent(both: Both, installation: Any) -> None:
    from services.meetings.queries.event_trace import get_event_trace, list_failures, list_published

    actor = Actor(new_id(), "staff", "Vos", {both.kade: frozenset({"manager"})})
    own = MEETINGS.create_app(installation.installation.settings_of("meetings")).extensions["operator"]
    away = HttpOperator("http://127.0.0.1:9", "intake", "meetings", token, make_pass)
    operators = {"meetings": own, "intake": away}

    published, failures = list_published(actor, operators), list_failures(actor, operators)
    trace = get_event_trace(actor, operators, both.events[both.kade].id)

    assert published.silent == failures.silent == ["intake", "questionnaires", "notifications"]
    assert [event.id for event in published.events] == [both.events[both.kade].id]
    states = {consumption.consumer: consumption.state for consumption in trace.consumptions}
    assert states == dict.fromkeys(published.silent, "silent")


def test_meetings_asks_the_others_where_its_settings_say_they_are(both: Both, installation: Any) -> None:
    values = {
        **vars(installation.installation.settings_of("meetings")),
        "operators": f"intake=http://127.0.0.1:{both.server.port}",
    }
    app = MEETINGS.create_app(Settings(**values))

    operators = app.extensions["operators"]

    assert set(operators) == {"meetings", "intake"}
    assert len(operators["intake"].list_failures(vouched(both.kade)).dead) == 1
    with pytest.raises(SettingsError):
        Settings(**{**values, "operators": "intake"})

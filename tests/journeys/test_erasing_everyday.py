"""Somebody to whom everything of the everyday cases happened is forgotten, from every table that holds some of it.

Whatever comes in about them afterwards brings nothing back.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.commands.erasure import request_erasure
from services.intake.queries.erasure import find_erasure
from services.notifications.commands import receipts, replies
from services.notifications.models import Message, OptOut, Reply
from services.notifications.rules.receipts import Report
from shared.ids import new_id
from shared.security.actor import Actor
from tests.crash.published_and_consumed import discrepancies
from tests.journeys.canary import MOBILE, NAME, found_in, mailbox_bytes, named_in, store_bytes, traces_of
from tests.journeys.everyday import PLANTED, EverydayFacts, rows_of, run_everyday_weeks
from tests.journeys.routes import Routes
from tests.support.inline_installation import InlineInstallation, open_installation

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(300)]
Weeks = tuple[InlineInstallation, EverydayFacts]
# What erasing knows by the ids of its rows only: nothing in it is one person's. A place that was returned is known
# by the event about it, and does not say whose it was.
OF_NOBODY = {
    "authenticator",
    "group",
    "meeting",
    "meeting_change",
    "meeting_series",
    "organisation",
    "peer_group",
    "returned_placement",
    "sign_in_link",
    "staff",
    "staff_member",
    "support_group",
    "venue",
}


def be_forgotten(installation: InlineInstallation, person: str) -> None:
    request_erasure(Actor(person, "participant"), participant_id=person, request_id=new_id())
    installation.settle()


def is_proven(person: str) -> bool:
    proof = find_erasure(person)
    return proof is not None and proof.is_done


def test_every_table_that_may_hold_something_of_somebody_does(weeks: Weeks) -> None:
    """So that the trials below are of all tables; whoever adds one adds to what happens in everyday.py."""
    _, facts = weeks

    empty = {table for table, rows in rows_of(facts.participant_id).items() if rows == 0}

    assert {table.partition(".")[2] for table in empty} <= OF_NOBODY


def test_nothing_is_left_of_them_and_all_services_prove_it(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        facts = run_everyday_weeks(installation)
        traces = traces_of(facts.participant_id)
        be_forgotten(installation, facts.participant_id)

        assert is_proven(facts.participant_id)
        assert set(rows_of(facts.participant_id).values()) == {0}
        assert discrepancies() == []
        assert installation.unhealthy_findings() == []

    assert found_in(store_bytes(data_folder), traces) == []
    assert named_in(data_folder, traces) == set()
    assert found_in(mailbox_bytes(data_folder), traces) == []


def test_who_only_walked_in_is_forgotten_in_the_same_way(weeks: Weeks) -> None:
    installation, facts = weeks
    traces = traces_of(facts.walk_in_id, at_least=1)

    be_forgotten(installation, facts.walk_in_id)

    assert is_proven(facts.walk_in_id)
    assert set(rows_of(facts.walk_in_id).values()) == {0}
    assert set(rows_of(facts.participant_id).values()) != {0}
    assert found_in(store_bytes(installation.installation.data), traces, words=("Kwartelkoning",)) == []


def test_a_pass_that_is_still_good_opens_empty_pages_and_brings_nothing_back(weeks: Weeks) -> None:
    """A quarter of an hour is enough to press every button once more."""
    installation, facts = weeks
    routes = Routes(installation, facts)
    tokens = {purpose: routes.token(purpose) for purpose in routes.tokens()}
    be_forgotten(installation, facts.participant_id)
    themselves = Actor(facts.participant_id, "participant")

    for route in routes.all("participant", "link"):
        token = tokens.get(route.access_rule.purpose, "x")
        answer = routes.request(route, participant=themselves, token=token)
        assert answer.status_code < 500, route
        assert not [word for word in PLANTED if word in answer.text], route
    installation.settle()

    assert set(rows_of(facts.participant_id).values()) == {0}
    assert installation.unhealthy_findings() == []


def test_links_of_somebody_who_was_forgotten_are_over_and_say_so_kindly(weeks: Weeks) -> None:
    installation, facts = weeks
    routes = Routes(installation, facts)
    tokens = {purpose: routes.token(purpose) for purpose in routes.tokens()}
    be_forgotten(installation, facts.participant_id)

    answers = {
        route: routes.request(route, token=tokens[route.access_rule.purpose])
        for route in routes.all("link")
        if route.method == "GET" and not route.rule.endswith("/code")
    }

    assert {route.rule: answer.status_code for route, answer in answers.items() if answer.status_code < 400} == {}


def test_what_others_publish_late_about_them_is_consumed_and_kept_nowhere(weeks: Weeks) -> None:
    installation, facts = weeks
    message_ids = [row.id for row in Message.select().where(Message.participant_id == facts.participant_id)]
    be_forgotten(installation, facts.participant_id)

    for message_id in message_ids:
        assert not receipts.record_receipt(message_id, "sms", "undelivered", "3/")
        assert not receipts.record_bounce(message_id, Report.GONE, "5.1.1")
        assert not receipts.record_complaint(Actor("public", "public"), message_id)
    replies.record_reply(MOBILE, "STOP", "2026-02-01T10:00:00", message_ids[0])
    installation.settle()

    assert set(rows_of(facts.participant_id).values()) == {0}
    assert OptOut.select().where(OptOut.participant_id == facts.participant_id).count() == 0
    kept = Reply.select().order_by(Reply.id.desc()).first()
    assert (kept.participant_id, kept.message_id) == (None, None)
    assert NAME.encode() not in store_bytes(installation.installation.data)

"""What tests of the sign-in service do again and again: being refused, planning a rhythm, signing in, who is
where."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.meetings.commands import series
from services.meetings.models import Meeting, service
from services.meetings.queries.memberships import list_members
from services.meetings.queries.today import get_today
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.encryption import Encryption, Keyring
from tests.meetings.harness import HALF_PAST_SEVEN, TUESDAY


def refused(asked: Callable[[], Any]) -> str:
    """The code with which it is refused."""
    with pytest.raises(Refusal) as refusal:
        asked()
    return refusal.value.code


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Do all of these in threads that start together; gives what was refused."""
    ready, codes, failed = threading.Barrier(len(works)), [], []

    def run(work: Callable[[], Any]) -> None:
        ready.wait()
        try:
            work()
        except Refusal as refusal:
            codes.append(refusal.code)
        except BaseException as error:
            failed.append(error)
        finally:
            service.database.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for entry in threads:
        entry.start()
    for entry in threads:
        entry.join()
    assert failed == []
    return codes


def rhythm(harness: Any, group_id: str, **data: Any) -> str:
    """Tuesdays at half past seven, unless given otherwise; gives the id of the series."""
    values = {"first_on": TUESDAY, "at": HALF_PAST_SEVEN, "every_weeks": 1, "minutes": 120} | data
    by = values.pop("by", harness.vos)
    return series.schedule_series(harness.actor(by), group_id=group_id, **values, request_id=new_id())


def days(group_id: str) -> list[date]:
    """On which days the group meets."""
    rows = Meeting.select().where(Meeting.group == group_id).order_by(Meeting.on)
    return [row.on for row in rows]


def prolong() -> None:
    """What the job does in the course of a day."""
    while series.prolong_series():
        pass


def ask_link(harness: Any, email: str = "kim@example.org", **data: Any) -> Any:
    """Ask for a link to sign in; gives the page that follows."""
    visitor = harness.visitor()
    return visitor.submit(visitor.open("/inloggen"), "/inloggen", email=email, **data)


def secret_of(harness: Any) -> str:
    """What notifications would put in the mail."""
    event = harness.events("sign_in_requested")[-1]
    reader = Encryption("notifications")
    reader.use(Keyring.load(harness.folder / "keys" / "notifications.json"))
    sealed = event.data["personal"]["notifications"]
    return str(reader.open_from_publisher("meetings", event.associated_data, sealed)["secret"])


def press(harness: Any, secret: str, visitor: Any = None) -> Any:
    """Press the button behind the link."""
    visitor = visitor or harness.visitor()
    return visitor.submit(visitor.open(f"/inloggen/link/{secret}"), f"/inloggen/link/{secret}")


def names(harness: Any, group_id: str) -> list[str]:
    """Who belongs to the group, as its first facilitator sees it."""
    return [member.call_name for member in list_members(harness.actor(harness.kim), group_id)]


def waiting(harness: Any) -> list[str]:
    """Who waits, as who gets to know people sees it today."""
    return [line.call_name for line in get_today(harness.actor(harness.sam)).waiting]


def to_place(harness: Any) -> list[str]:
    """For whom a place is looked for, as who gets to know people sees it today."""
    return [line.call_name for line in get_today(harness.actor(harness.sam)).to_place]

"""kill -9 at random moments, under load: nothing lost, nothing counted twice, each subject in order.

    .venv/bin/python tests/crash/storm.py [--seed 1] [--kills 20] [--people 4] [--json] [--postgres] [--rabbitmq]

People sign up and ask for sign-in links without pause, each trying again until answered, while web and work are
killed at moments drawn from the seed. What was published months before is pruned meanwhile by the housekeeping of
the work processes. When the last kill is over and all is quiet, every promise is counted.
Exit code 0 only when all were kept.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import application_named
from deploy.local.servers import Servers
from services.intake.commands.signups import register_signup
from services.intake.models import Participant
from services.intake.models import service as intake
from services.meetings.commands.organisations import change_organisation, register_organisation
from services.meetings.commands.staff import register_staff
from services.meetings.models import Signup
from services.notifications.channels.mailbox import Mailbox
from shared import log
from shared.ids import new_id
from shared.security.actor import PUBLIC, system
from tests.crash.harness import EMBEDDED, RunningInstallation, persist
from tests.crash.published_and_consumed import discrepancies
from tests.support.housekeeping import months_ago, oldest_that_counts
from tests.support.run_servers import real_servers

LONGEST_PAUSE_SECONDS = 3.0


@dataclass(frozen=True)
class Outcome:
    """What a storm did, and each promise that was not kept."""

    seed: int
    kills: int
    answered: int
    events: int
    broken: list[str]


class Crowd:
    """So many people at once who sign up and ask for links until asked to stop."""

    def __init__(self, running: RunningInstallation, people: int, *, pause_seconds: float = 0.0) -> None:
        self._running, self._stop, self._pause_seconds = running, threading.Event(), pause_seconds
        self.signed_up: list[str] = []
        self.asked: list[str] = []
        self.trouble: list[str] = []
        self._threads = [threading.Thread(target=self._act, args=(number,)) for number in range(people)]

    def start(self) -> None:
        """Let them begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish what was begun."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _act(self, number: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            try:
                self._one_turn(f"{number}-{turn}", with_key=turn % 5 == 0)
            except Exception as error:  # said in the outcome; the others go on
                self.trouble.append(repr(error))
                return
            self._stop.wait(self._pause_seconds)

    def _one_turn(self, name: str, *, with_key: bool) -> None:
        if with_key:
            email, request_id = f"kim{name}@example.org", new_id()
            persist(
                lambda: register_staff(
                    system("meetings"),
                    organisation_id=self._running.organisation,
                    name=f"Kim {name}",
                    email=email,
                    roles=["facilitator"],
                    request_id=request_id,
                )
            )
            page = self._running.visitor().submit("/inloggen", "/inloggen", email=email)
            self.asked.append(email)
        else:
            page = self._running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name=name)
            self.signed_up.append(name)
        if page.status != 200:
            self.trouble.append(f"{page.path} answered {page.status}")


def storm(
    folder: Path, *, seed: int, kills: int, people: int, servers: Servers = EMBEDDED, pause_seconds: float = 0.0
) -> Outcome:
    """Let it rage on an installation in this folder, on these servers.

    pause_seconds  how long each of the people waits between two requests
    """
    chance = random.Random(seed)
    running = RunningInstallation(folder, servers)
    try:
        with months_ago():
            earlier = _furnish(running)
        running.start()
        crowd = Crowd(running, people, pause_seconds=pause_seconds)
        crowd.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            for name in chance.choice((["web"], ["work"], ["work"], ["web", "work"])):
                running.kill(name)
            running.revive()
        running.wait_until(running.answers)
        crowd.stop()

        def is_quiet() -> bool:
            running.revive()  # whoever could not reach a server ended by itself, and has no supervisor here
            return len(mails_of(running)) >= len(crowd.asked) and running.is_well()

        running.wait_until(is_quiet)
        events = sum(service.outbox.head()[1] for service in running.services())
        broken = broken_promises(running, crowd, earlier, since=oldest_that_counts())
        broken += [f"{name} was never pruned" for name in ("intake", "meetings") if not _was_pruned(name)]
        return Outcome(seed, kills, len(crowd.signed_up) + len(crowd.asked), events, broken)
    finally:
        running.close()


def _furnish(running: RunningInstallation) -> list[str]:
    """Make what the storm needs, with facts and replaced states to prune; return who signed up before it."""
    us, earlier = system("meetings"), ["Merel", "Specht"]
    running.organisation = register_organisation(us, name="De Kade", region="Ergens", request_id=new_id())
    changed = {"name": "De Kade", "region": "Lindeveen", "profile": {}}
    change_organisation(us, organisation_id=running.organisation, **changed, request_id=new_id())
    inline_worker = InlineWorker(running.installation)
    inline_worker.settle()
    for name in earlier:
        register_signup(PUBLIC, organisation_id=running.organisation, call_name=name, request_id=new_id())
    inline_worker.settle()
    inline_worker.close()
    return earlier


def _was_pruned(name: str) -> bool:
    """Tell whether numbers are missing among what was published before the storm."""
    log = application_named(name).service.outbox
    return log.count_from(1) < log.head()[1]


def broken_promises(
    running: RunningInstallation, crowd: Crowd, earlier: Sequence[str] = (), *, since: str = ""
) -> list[str]:
    """Every promise that was not kept, when all is quiet again.

    earlier  who signed up before the crowd; since: see `discrepancies`
    """
    names = [
        intake.encryption.open(row.call_name, "participant.call_name", row.id) for row in Participant.select()
    ]
    return [
        *crowd.trouble,
        *_differences("sign-up", [*earlier, *crowd.signed_up], names),
        *_differences("mail", crowd.asked, mails_of(running)),
        *([] if Signup.select().count() == len(names) else ["meetings knows another number of sign-ups"]),
        *discrepancies(since),
    ]


def _differences(kind: str, promised: list[str], present: list[str]) -> list[str]:
    wanted, there = Counter(promised), Counter(present)
    lost = [f"{kind} {item} was lost" for item in wanted - there]
    return lost + [f"{kind} {item} is there too often" for item in there - wanted]


def mails_of(running: RunningInstallation) -> list[str]:
    """To whom every mail went that arrived."""
    return [str(mail["To"]) for mail in Mailbox(running.installation.mailbox).messages()]


def main() -> None:
    """Let it rage once and say what it did."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--people", type=int, default=4)
    options.add_argument("--postgres", action="store_true", help="on the PostgreSQL server of this machine")
    options.add_argument("--rabbitmq", action="store_true", help="on the RabbitMQ broker of this machine")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    log.configure("storm", level=logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, real_servers(chosen.postgres, chosen.rabbitmq) as servers:
        outcome = storm(
            Path(folder) / "installation",
            seed=chosen.seed,
            kills=chosen.kills,
            people=chosen.people,
            servers=servers,
        )
    if chosen.json:
        print(json.dumps(asdict(outcome)))
    else:
        print(f"seed {outcome.seed}: {outcome.kills} kills, {outcome.answered} asked, {outcome.events} said")
        print("\n".join(outcome.broken) or "0 lost, 0 twice, each subject in order")
    sys.exit(1 if outcome.broken else 0)


if __name__ == "__main__":
    main()

"""A demo region that is played once for each module, and programs that ask it things over the JSON API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from deploy.local.demo_region import load_region
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.ports import free_port
from deploy.local.servers import Servers
from deploy.local.web import path_dispatcher
from services.meetings.models import Organisation, service
from shared.ids import new_id
from shared.security import passes
from shared.security.actor import Actor

LISTS = {
    "kennismaking/v1/aanmeldingen": "intro_worker",
    "kennismaking/v1/kennismakingsgesprekken": "intro_worker",
    "kennismaking/v1/plaatsingen": "intro_worker",
    "groepen/v1/groepen": "manager",
    "groepen/v1/bijeenkomsten": "messenger",
    "groepen/v1/deelnames": "facilitator",
    "vragenlijsten/v1/metingen": "coordinator",
    "berichten/v1/berichten": "messenger",
}
READ_ONE_BY_ONE = [path for path in LISTS if not path.endswith("deelnames")]
ROLES = ("coordinator", "facilitator", "intro_worker", "manager", "messenger")


@dataclass(frozen=True)
class ApiClient:
    """Another system with a key; without one it just asks."""

    app: Any
    key: str | None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def get(self, path: str) -> Any:
        return Client(self.app).get(f"/api/{path}", headers=self.headers)

    def items(self, path: str) -> list[dict[str, Any]]:
        """Everything of a list, page after page."""
        items, onward = [], f"{path}{'&' if '?' in path else '?'}aantal=3"
        while onward:
            page = self.get(onward).json
            items += page["items"]
            onward = (page["links"]["next"] or "").partition("/api/")[2]
        return items

    def post(self, path: str, body: Any, request_id: str | None = None) -> Any:
        headers = self.headers | {"Idempotency-Key": request_id or new_id()}
        return Client(self.app).post(f"/api/{path}", json=body, headers=headers)


class DemoRegion:
    """The installation of the demo, at rest."""

    def __init__(self, folder: Path, *, with_history: bool, servers: Servers | None = None) -> None:
        installation = Installation(folder, 8780, free_port(), servers=servers or Servers())
        installation.prepare()
        if with_history:
            load_region(installation)
        self.installation = installation
        settings = {name: installation.settings_of(name) for name in NAMES}
        self.app = path_dispatcher(lambda service: settings[service.name])
        rows = Organisation.select().order_by(Organisation.id)
        self.organisation_ids = [row.id for row in rows]

    def client(self, *roles: str, organisation_ids: list[str] | None = None) -> ApiClient:
        """One with a key for these roles (all of them when none is named) at these organisations (all of them)."""
        where = self.organisation_ids if organisation_ids is None else organisation_ids
        return self.client_with({key: set(roles or ROLES) for key in where})

    def client_with(self, grants: dict[str, set[str]]) -> ApiClient:
        """One whose key holds these roles at these organisations."""
        held = {organisation_id: frozenset(roles) for organisation_id, roles in grants.items()}
        key = Actor(f"key:{new_id()}", "key", grants=held)
        return self.client_of(passes.sign(service.encryption.keyring, key, seconds=3600))

    def client_of(self, key: str) -> ApiClient:
        """One with this key."""
        return ApiClient(self.app, key)

    def client_without_key(self) -> ApiClient:
        """One without a key."""
        return ApiClient(self.app, None)

    def close(self) -> None:
        for application in APPLICATIONS:
            application.service.database.close()


def held_on_tuesday(region: Any) -> Any:
    """The meeting of the Tuesday group that took place."""
    client = region.client()
    group = next(item for item in client.items("groepen/v1/groepen") if item["naam"] == "Dinsdaggroep")
    held = client.items("groepen/v1/bijeenkomsten?status=geweest")
    (meeting,) = [item for item in held if item["groepId"] == group["id"]]
    return meeting


def id_of(item: dict[str, Any]) -> str:
    return str(item.get("id") or item["groepId"])


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRegion]:
    made = DemoRegion(tmp_path_factory.mktemp("region"), with_history=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRegion]:
    made = DemoRegion(tmp_path_factory.mktemp("installation"), with_history=False)
    yield made
    made.close()

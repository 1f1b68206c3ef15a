"""`./houvast token`: a key for the JSON API, a pass of longer life that names roles and organisations."""

from __future__ import annotations

from pathlib import Path

from deploy.town.layout import Town
from deploy.town.servers import remembered
from services.meetings.models import Organisation, house
from services.meetings.rules.people import check_role
from shared.auth import passes
from shared.auth.actor import Actor, system
from shared.errors import Refusal
from shared.ids import new_id


def make_token(data: Path, roles: tuple[str, ...], organisations: tuple[str, ...], hours: int) -> str:
    """The text for `Authorization: Bearer`. Refused as "role_unknown" or "organisation_unknown"."""
    town = Town(data, 0, 0, servers=remembered(data))
    house.open(town.settings_of("meetings"))
    for role in roles:
        check_role(role)
    for organisation in organisations:
        if Organisation.get_or_none(Organisation.id == organisation) is None:
            raise Refusal("organisation_unknown")
    key = Actor(f"key:{new_id()}", "key", grants={one: frozenset(roles) for one in organisations})
    for organisation in organisations:
        house.audit.note(
            system("meetings"), "create", "key", key.id, purpose=",".join(roles), organisation_id=organisation
        )
    return passes.sign(house.privacy.keyring, key, seconds=hours * 3600)

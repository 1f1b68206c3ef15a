"""`./houvast token`: a key for the JSON API, a pass of longer life that names roles and organisations."""

from __future__ import annotations

from pathlib import Path

from deploy.local.installation import Installation
from deploy.local.servers import remembered
from services.meetings.models import Organisation, service
from services.meetings.rules.permissions import check_role
from shared.errors import Refusal
from shared.ids import new_id
from shared.security import passes
from shared.security.actor import Actor, system


def make_token(data: Path, roles: tuple[str, ...], organisations: tuple[str, ...], hours: int) -> str:
    """Sign a pass for `Authorization: Bearer`, valid for so many hours.

    Refused: "role_unknown", "organisation_unknown".
    """
    installation = Installation(data, 0, 0, servers=remembered(data))
    service.open(installation.settings_of("meetings"))
    for role in roles:
        check_role(role)
    for organisation in organisations:
        if Organisation.get_or_none(Organisation.id == organisation) is None:
            raise Refusal("organisation_unknown")
    key = Actor(f"key:{new_id()}", "key", grants=dict.fromkeys(organisations, frozenset(roles)))
    for organisation in organisations:
        service.audit.record(
            system("meetings"), "create", "key", key.id, purpose=",".join(roles), organisation_id=organisation
        )
    return passes.sign(service.encryption.keyring, key, seconds=hours * 3600)

"""Adding and changing organisations."""

from __future__ import annotations

from collections.abc import Mapping

from services.meetings.commands.publishing import publish_organisation
from services.meetings.models import Organisation, service
from services.meetings.queries.organisations import free_slug, is_name_taken
from services.meetings.queries.scope import find_organisation
from services.meetings.rules import permissions
from services.meetings.rules.profiles import as_data, check_profile, read_profile
from shared import clock
from shared.discretion import PublicIdentity, check_name
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def register_organisation(actor: Actor, *, name: str, region: str, request_id: str) -> str:
    """Add an organisation; return its id. Only for the installation itself. Refused: organisation_exists."""
    if actor.kind != "system":
        raise Forbidden()
    _check_name_free(name)
    organisation = Organisation.create(id=new_id(), name=name, slug=free_slug(name), region=region)
    publish_organisation(organisation)
    return str(organisation.id)


@service.command
def change_organisation(
    actor: Actor,
    *,
    organisation_id: str,
    name: str,
    region: str,
    profile: Mapping[str, object],
    sender: PublicIdentity | None = None,
    request_id: str,
) -> str:
    """Change name, region and profile; the slug stays, because links may hold it.

    profile  the fields of rules.profiles.Profile; what is left out is empty
    sender   what every message shows of us; None keeps a new name as it is, also when it would hold messages back
    Refused: organisation_exists, what rules.profiles refuses, and as `discretion.check_name`.
    """
    organisation = find_organisation(actor, organisation_id, permissions.may_manage_staff)
    _check_name_free(name, organisation_id)
    if sender is not None and name != organisation.name:
        check_name(name, sender)
    fresh = read_profile(profile)
    check_profile(fresh)
    organisation.name, organisation.region, organisation.profile = name, region, as_data(fresh)
    organisation.save()
    service.audit.record(
        actor, "change", "organisation", organisation_id, purpose="manage", organisation_id=organisation_id
    )
    publish_organisation(organisation)
    return organisation_id


@service.command
def confirm_questionnaire_permission(actor: Actor, *, organisation_id: str, request_id: str) -> str:
    """Confirm that the organisation may use the NEL (© Trimbos-instituut); until then no group can choose it."""
    organisation = find_organisation(actor, organisation_id, permissions.may_manage_staff)
    if organisation.nel_permission_at is None:
        organisation.nel_permission_at = clock.now()
        organisation.save()
        service.audit.record(
            actor,
            "change",
            "organisation",
            organisation_id,
            purpose="nel_permission",
            organisation_id=organisation_id,
        )
        publish_organisation(organisation)
    return organisation_id


def _check_name_free(name: str, organisation_id: str | None = None) -> None:
    if is_name_taken(name, organisation_id):
        raise Refusal("organisation_exists", field="name")

"""The second factor: a code of somebody's own authenticator app, asked once in every session."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from enum import StrEnum

import pyotp

from services.meetings.commands.sign_in import find_session, find_unproved, known_device
from services.meetings.models import Authenticator, AuthenticatorReset, Session, rate_limiter, service
from services.meetings.queries.scope import find_organisation
from services.meetings.queries.second_factor import has_app
from services.meetings.queries.staff import actor_of, email_of, find_staff_by_email, list_colleagues
from services.meetings.rules import permissions
from services.meetings.rules import second_factor as rules
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor, system

ISSUER = "Houvast"
_ACTION = "sign_in_code"


class Proof(StrEnum):
    """Outcome of typing a code."""

    PROVED = "proved"
    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    ENDED = "ended"


@dataclass(frozen=True)
class NewApp:
    """What an app is set up with, shown once: as a `uri` to scan, and as text to type over."""

    uri: str = field(repr=False)
    secret: str = field(repr=False)


def prepare_app(session_secret: str) -> NewApp | None:
    """Return what an app is set up with, the same as long as this session waits; None when there is one already.

    An earlier session that was broken off may have shown its secret to somebody else: this one gets another.
    """
    with service.transaction():
        session = find_unproved(session_secret)
        app = None if session is None else Authenticator.get_or_none(Authenticator.staff == session.staff_id)
        if session is None or (app is not None and app.confirmed_at is not None):
            return None
        if app is None or app.made_at < session.started_at:
            _keep_app(session.staff_id, pyotp.random_base32())
            app = Authenticator.get(Authenticator.staff == session.staff_id)
        secret = _secret_of(app)
        uri = pyotp.TOTP(secret).provisioning_uri(name=email_of(session.staff), issuer_name=ISSUER)
        return NewApp(uri, secret)


def prove_session(session_secret: str, typed: str, *, device: str = "") -> Proof:
    """Check a code of somebody's app; the first right one also confirms the app. A double click is one use.

    A code works once, and too many wrong ones end the session. They are counted together for everybody who opened
    somebody's mailed link, and apart on a device where that person signed in before.
    device  see `sign_in.request_sign_in`
    """
    with service.transaction():
        session = find_session(session_secret)
        if session is not None and session.proved_at is not None:
            return Proof.PROVED
        session = find_unproved(session_secret)
        app = None if session is None else Authenticator.get_or_none(Authenticator.staff == session.staff_id)
        if session is None or app is None:
            return Proof.ENDED
        counted = known_device(device, session.staff_id) or session.staff_id
        if not rate_limiter.allows(_ACTION, counted, rules.MOST_CODES):
            return _end(session, app)
        step = _step_of(app, typed)
        if step is None:
            rate_limiter.record(_ACTION, counted)
            is_last = not rate_limiter.allows(_ACTION, counted, rules.MOST_CODES)
            return _end(session, app) if is_last else Proof.WRONG
        _confirm(session, app, step)
        rate_limiter.reset(_ACTION, counted)
        return Proof.PROVED


@service.command
def forget_authenticator(actor: Actor, *, organisation_id: str, staff_id: str, request_id: str) -> str:
    """Forget a colleague's lost app once a second manager says so too.

    Return "waiting" or "forgotten". Refused: authenticator_missing; NotFound, Forbidden.
    """
    find_organisation(actor, organisation_id, permissions.may_manage_staff)
    if staff_id not in {colleague.id for colleague in list_colleagues(actor, organisation_id)}:
        raise NotFound()
    rules.check_may_reset(asked_by=actor.id, staff_id=staff_id, has_app=has_app(staff_id))
    waiting = AuthenticatorReset.get_or_none(
        AuthenticatorReset.organisation == organisation_id, AuthenticatorReset.staff == staff_id
    )
    is_complete = waiting is not None and rules.is_second_voice(
        asked_by=actor.id, first_by=waiting.asked_by, first_at=waiting.asked_at, now=clock.wall()
    )
    if is_complete:
        _forget(staff_id)
    else:
        values = {"asked_by": actor.id, "asked_at": clock.wall()}
        AuthenticatorReset.insert(organisation=organisation_id, staff=staff_id, **values).on_conflict(
            conflict_target=[AuthenticatorReset.organisation, AuthenticatorReset.staff], update=values
        ).execute()
    purpose = "authenticator_forgotten" if is_complete else "authenticator_lost"
    service.audit.record(actor, "change", "staff", staff_id, purpose=purpose, organisation_id=organisation_id)
    return "forgotten" if is_complete else "waiting"


def forget_as_operator(email: str) -> bool:
    """Forget a lost app, for the operator of the installation.

    Return False when nobody has this address, or no app.
    """
    with service.transaction():
        staff = find_staff_by_email(email)
        if staff is None or not has_app(staff.id):
            return False
        _forget(staff.id)
        service.audit.record(
            system("meetings"), "change", "staff", staff.id, purpose="authenticator_forgotten_by_operator"
        )
        return True


def _step_of(app: Authenticator, typed: str) -> int | None:
    """Return the time step of this code; None when it may not be used."""
    digits, codes = rules.digits_of(typed), pyotp.TOTP(_secret_of(app))
    matching = [
        step
        for step in rules.steps_that_count(clock.wall(), app.last_step)
        if hmac.compare_digest(codes.generate_otp(step), digits)
    ]
    return matching[0] if matching else None


def _confirm(session: Session, app: Authenticator, step: int) -> None:
    wall = clock.wall()
    if app.confirmed_at is None:
        by = actor_of(session.staff)
        service.audit.record(by, "create", "staff", session.staff_id, purpose="authenticator")
    app.last_step, app.confirmed_at = step, app.confirmed_at or wall
    app.save()
    session.proved_at = session.seen_at = wall
    session.save()


def _end(session: Session, app: Authenticator) -> Proof:
    session.ended_at = clock.wall()
    session.save()
    if app.confirmed_at is None:
        app.delete_instance()
    service.audit.record(
        actor_of(session.staff), "refuse", "staff", session.staff_id, purpose="sign_in", outcome="too_often"
    )
    return Proof.TOO_OFTEN


def _forget(staff_id: str) -> None:
    """Delete somebody's app and end their sessions."""
    Authenticator.delete().where(Authenticator.staff == staff_id).execute()
    AuthenticatorReset.delete().where(AuthenticatorReset.staff == staff_id).execute()
    ended = Session.update(ended_at=clock.wall())
    ended.where(Session.staff == staff_id, Session.ended_at.is_null()).execute()


def _keep_app(staff_id: str, secret: str) -> None:
    values = {
        "secret": service.encryption.seal(secret, "authenticator.secret", staff_id),
        "made_at": clock.wall(),
        "confirmed_at": None,
        "last_step": 0,
    }
    Authenticator.insert(staff=staff_id, **values).on_conflict(
        conflict_target=[Authenticator.staff], update=values
    ).execute()


def _secret_of(app: Authenticator) -> str:
    return service.encryption.open(app.secret, "authenticator.secret", app.staff_id)

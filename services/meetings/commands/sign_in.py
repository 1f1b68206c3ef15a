"""Signing in by a mailed link; sessions are stored here and can be ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from services.meetings import events
from services.meetings.commands.installation import settle_organisation
from services.meetings.models import Session, SignInLink, Staff, rate_limiter, service
from services.meetings.queries.second_factor import has_app
from services.meetings.queries.staff import actor_of, email_of, find_staff_by_email
from services.meetings.rules import second_factor
from services.meetings.rules import sign_in as rules
from services.meetings.rules.sign_in import hash_secret
from shared import clock
from shared.discretion import PublicIdentity
from shared.email_addresses import comparable
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security import links, passes
from shared.security.actor import Actor
from shared.security.rate_limit import TooManyRequests, network_of

LONGEST_PATH = 300
DEVICE_LIFETIME = rules.DEVICE_LIFETIME
_DEVICE = "device"
_FROM_NETWORK, _FROM_DEVICE = "link_from_network", "link_from_device"
_FOR_ADDRESS, _FOR_ADDRESS_FROM_NETWORK = "link_for_address", "link_for_address_from_network"


@dataclass(frozen=True)
class Opened:
    """A session that was just opened: its secret, for the cookie, and the page that was asked for before."""

    secret: str
    leads_to: str


@service.command
def request_sign_in(
    actor: Actor,
    *,
    email: str,
    network: str | None = None,
    device: str = "",
    leads_to: str = "/",
    request_id: str,
) -> None:
    """Have a link mailed; too many requests for an address and unknown addresses are answered in the same way.

    network   where the request came from, or None when that is not known
    device    the token of `sign_device`, from whoever has one
    leads_to  a path of this host to open after signing in
    Refused: sign_in_too_often (429) for a network, whatever the address is.
    """
    staff = find_staff_by_email(email)
    known = None if staff is None else known_device(device, staff.id)
    is_allowed = _count_stranger(email, network) if known is None else _count_device(known)
    if staff is None or not staff.is_active or not is_allowed:
        return
    secret, expires_at = secrets.token_urlsafe(32), clock.now() + rules.LINK_LIFETIME
    link_id = _keep_link(staff.id, secret, expires_at, leads_to)
    service.publish(
        events.SIGN_IN_REQUESTED,
        staff.id,
        {"sign_in_id": link_id, "staff_id": staff.id, "expires_at": expires_at.isoformat()},
        personal={"notifications": {"secret": secret}},
    )


def make_first_link(staff_id: str | None = None) -> str:
    """Return the secret of a one-time link for a first manager.

    staff_id  that of an organisation that was added; None for that of a new installation, whom nobody knows yet
    """
    secret = secrets.token_urlsafe(32)
    with service.transaction():
        _keep_link(staff_id, secret, clock.now() + rules.FIRST_LINK_LIFETIME)
    return secret


def check_first_link(secret: str) -> None:
    """Check that the first link may still be used, before the form is filled in. Refused: sign_in_link_gone."""
    link = _find_link(secret)
    if link is None or link.staff_id is not None or not _is_usable(link):
        raise Refusal("sign_in_link_gone")


def open_session(secret: str, *, request_id: str) -> Opened:
    """Use a mailed link once; a double click is one use. Refused: sign_in_link_gone."""
    with service.transaction():
        link = _find_link(secret)
        if link is None or link.staff is None or not link.staff.is_active:
            raise Refusal("sign_in_link_gone")
        if not (_is_usable(link) or _is_same_press(link, request_id)):
            raise Refusal("sign_in_link_gone")
        _use(link, request_id)
        # Who used a link has none too many: what strangers asked for meanwhile does not count against them.
        rate_limiter.reset(_FOR_ADDRESS, comparable(email_of(link.staff)))
        return Opened(_start_session(link.staff.id), link.leads_to)


@service.command
def settle_first_manager(
    actor: Actor,
    *,
    secret: str,
    name: str,
    email: str,
    organisation: str,
    region: str,
    sender: PublicIdentity | None = None,
    request_id: str,
) -> str:
    """Make the first organisation and its manager with the first link; return the staff id.

    Refused: sign_in_link_gone, and as `settle_organisation`.
    """
    check_first_link(secret)
    _use(_find_link(secret), request_id)
    return settle_organisation(organisation=organisation, region=region, name=name, email=email, sender=sender)


def start_session(staff_id: str) -> str:
    """Start a session for somebody whose identity was proved in another way; return its secret. NotFound."""
    with service.transaction():
        if not Staff.select().where(Staff.id == staff_id, Staff.is_active).exists():
            raise NotFound()
        return _start_session(staff_id)


def end_session(secret: str) -> None:
    """End the session on this device. Idempotent."""
    with service.transaction():
        Session.update(ended_at=clock.wall()).where(
            Session.secret_hash == hash_secret(secret), Session.ended_at.is_null()
        ).execute()


def keep_session(secret: str, *, needs_code: bool) -> Actor | None:
    """Return whose session this is and prolong it; None when it has ended or was idle too long.

    needs_code  whether a session must have been proved with a code
    """
    with service.transaction():
        session = find_session(secret)
        if session is None or (needs_code and session.proved_at is None):
            return None
        session.seen_at = clock.wall()
        session.save()
        return actor_of(session.staff)


def find_session(secret: str) -> Session | None:
    """Return the session when it has not ended and its member of staff still works here.

    By the machine's clock: moving the demo clock a week ahead must not sign everybody out.
    """
    session = Session.get_or_none(Session.secret_hash == hash_secret(secret), Session.ended_at.is_null())
    if session is None or rules.is_session_over(session.started_at, session.seen_at, clock.wall()):
        return None
    return session if session.staff.is_active else None


def find_unproved(secret: str) -> Session | None:
    """Return the session that waits for a code; while an app is set up, only the newest one.

    Two sessions that wait for the same new app would both show its secret, and one may be somebody else's.
    """
    session = find_session(secret)
    if session is None or session.proved_at is not None:
        return None
    if second_factor.is_too_late(session.started_at, clock.wall()) or _is_overtaken(session):
        return None
    return session


def sign_device(staff_id: str) -> str:
    """Return a token for the device on which somebody just signed in; it opens nothing."""
    expires_at = clock.now() + rules.DEVICE_LIFETIME
    return links.mint(service.encryption.keyring, "meetings", _DEVICE, f"{staff_id}.{new_id()}", expires_at)


def known_device(token: str, staff_id: str) -> str | None:
    """Return which device of this member of staff has the token; None when it is of nobody or of somebody else."""
    link = links.check(service.encryption.keyring, "meetings", _DEVICE, token) if token else None
    if link is None or links.is_expired(link):
        return None
    owner, _, device_id = link.subject.partition(".")
    return device_id if owner == staff_id else None


def sign_pass(actor: Actor) -> str:
    """Sign a pass that every service trusts for five minutes."""
    return passes.sign(service.encryption.keyring, actor)


def _is_overtaken(session: Session) -> bool:
    began_later = Session.select().where(
        Session.staff == session.staff_id,
        Session.started_at > session.started_at,
        Session.ended_at.is_null(),
        Session.proved_at.is_null(),
    )
    return not has_app(session.staff_id) and bool(began_later.exists())


def _count_stranger(email: str, network: str | None) -> bool:
    """Count this request; return whether a link may be mailed. Refused: sign_in_too_often."""
    address, place = comparable(email), network_of(network)
    if not rate_limiter.allows(_FROM_NETWORK, place, rules.MOST_FROM_A_NETWORK):
        raise TooManyRequests("sign_in_too_often")
    rate_limiter.record(_FROM_NETWORK, place)
    from_here = None if place is None else f"{place} {address}"
    is_allowed = rate_limiter.allows(_FOR_ADDRESS, address, rules.MOST_FOR_AN_ADDRESS) and rate_limiter.allows(
        _FOR_ADDRESS_FROM_NETWORK, from_here, rules.MOST_FOR_AN_ADDRESS_FROM_A_NETWORK
    )
    if is_allowed:
        rate_limiter.record(_FOR_ADDRESS, address)
        rate_limiter.record(_FOR_ADDRESS_FROM_NETWORK, from_here)
    return is_allowed


def _count_device(device: str) -> bool:
    is_allowed = rate_limiter.allows(_FROM_DEVICE, device, rules.MOST_FROM_A_DEVICE)
    if is_allowed:
        rate_limiter.record(_FROM_DEVICE, device)
    return is_allowed


def _keep_link(staff_id: str | None, secret: str, expires_at: datetime, leads_to: str = "/") -> str:
    link = SignInLink.create(
        id=new_id(),
        staff=staff_id,
        secret_hash=hash_secret(secret),
        expires_at=expires_at,
        leads_to=leads_to if len(leads_to) <= LONGEST_PATH else "/",
    )
    return str(link.id)


def _find_link(secret: str) -> SignInLink | None:
    return SignInLink.get_or_none(SignInLink.secret_hash == hash_secret(secret))


def _is_usable(link: SignInLink) -> bool:
    return link.used_at is None and link.expires_at > clock.now()


def _is_same_press(link: SignInLink, request_id: str) -> bool:
    """Return whether this is a double click: the first response never reached the screen."""
    return (
        link.used_at is not None and link.used_by == request_id and clock.now() - link.used_at < rules.DOUBLE_CLICK
    )


def _use(link: SignInLink | None, request_id: str) -> None:
    assert link is not None
    link.used_at, link.used_by = link.used_at or clock.now(), request_id
    link.save()


def _start_session(staff_id: str) -> str:
    secret, wall = secrets.token_urlsafe(32), clock.wall()
    Session.create(secret_hash=hash_secret(secret), staff=staff_id, started_at=wall, seen_at=wall)
    return secret

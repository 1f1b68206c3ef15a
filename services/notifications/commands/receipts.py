"""What the other side reports later: a text message or e-mail arrived, did not, or is unwanted.

A report may come twice, in any order, and before we ourselves know that the message was accepted.
"""

from __future__ import annotations

from datetime import timedelta

from services.notifications.commands import people as keep
from services.notifications.commands.lifecycle import transition
from services.notifications.commands.opt_outs import stop_now
from services.notifications.models import DeliveryAttempt, MailReport, Message, Receipt, service
from services.notifications.rules.lifecycle import State
from services.notifications.rules.receipts import Report
from services.notifications.rules.routes import ALL
from shared import clock, log
from shared.ids import is_id
from shared.security.actor import Actor

# What did not arrive and may be due to the address: so often in a row, and the address counts as dead. Mail over
# at least a day besides: a box is full and a name server is ill for an afternoon.
_DOUBTED = 3
_DOUBTED_OVER = {"sms": timedelta(0), "email": timedelta(days=1)}
_REPORTS_KEPT = timedelta(days=30)
_OUTCOME = {
    Report.DELIVERED: "delivered",
    Report.GONE: "undelivered",
    Report.DOUBTFUL: "undelivered",
    Report.FAILED: "undelivered",
}


def record_receipt(message_id: str, channel: str, outcome: str, code: str, *, is_doubtful: bool = True) -> bool:
    """Keep one receipt of one message; False when there is no such message.

    is_doubtful  the address may be why it did not arrive
    """
    with service.transaction():
        message = _find(message_id)
        if message is None:
            log.event("receipt_of_nothing_known", channel=channel)
            return False
        _keep(message, channel, outcome, code, is_doubtful=is_doubtful and outcome == "undelivered")
    return True


def record_bounce(message_id: str | None, report: Report, code: str) -> bool:
    """Keep what a mail server reported on one e-mail; False when there is no such message.

    Only an address that does not exist is refused from then on: a full box, or a refusal of this one message, says
    nothing of the next.
    """
    with service.transaction():
        message = _find_reported(message_id)
        if message is None or report is Report.NOTHING:
            return message is not None
        _keep(message, "email", _OUTCOME[report], code, is_doubtful=report in (Report.DOUBTFUL, Report.GONE))
        if report is Report.GONE and message.participant_id:
            blind = _last_address(message, "email")
            keep.record_refused_address(message.participant_id, message.organisation_id, "email", blind, "bounce")
    return True


def record_complaint(actor: Actor, message_id: str | None) -> bool:
    """Opt somebody out of everything who called an e-mail of ours spam; False when there is no such message."""
    with service.transaction():
        message = _find_reported(message_id)
        if message is None or message.participant_id is None:
            return False
        stop_now(message.participant_id, ALL, "complaint")
        service.audit.record(
            actor,
            "change",
            "participant",
            message.participant_id,
            purpose="opt_out",
            organisation_id=message.organisation_id,
        )
    return True


def apply_receipts(message_id: str) -> None:
    """Bring a message that was accepted, or in doubt, to what its receipts say, inside a transaction."""
    message = Message.get_or_none(Message.id == message_id)
    if message is None or message.state not in (State.ACCEPTED, State.UNKNOWN):
        return
    rows = Receipt.select(Receipt.outcome).where(
        Receipt.organisation_id == message.organisation_id,
        Receipt.message_id == message_id,
        Receipt.channel == message.channel,
    )
    outcomes = {row.outcome for row in rows}
    if "delivered" in outcomes:
        transition(message, State.DELIVERED)
    elif "undelivered" in outcomes:
        transition(message, State.UNDELIVERED)


def _keep(message: Message, channel: str, outcome: str, code: str, *, is_doubtful: bool) -> None:
    Receipt.insert(
        organisation_id=message.organisation_id,
        message_id=message.id,
        channel=channel,
        outcome=outcome,
        code=code[:20],
        is_doubtful=is_doubtful,
        at=clock.now(),
    ).on_conflict_ignore().execute()
    apply_receipts(message.id)
    if is_doubtful:
        _note_doubt(message, channel)


def _note_doubt(message: Message, channel: str) -> None:
    blind = _last_address(message, channel)
    if blind is None or message.participant_id is None:
        return
    table = DeliveryAttempt
    last = (
        table.select(table.message_id, table.handing_over_at)
        .where(
            table.organisation_id == message.organisation_id,
            table.address_index == blind,
            table.handing_over_at.is_null(False),
        )
        .order_by(table.id.desc())
        .limit(_DOUBTED)
    )
    sent_at = {row.message_id: row.handing_over_at for row in last}
    doubted = Receipt.select(Receipt.message_id).where(
        Receipt.organisation_id == message.organisation_id,
        Receipt.message_id.in_(list(sent_at)),
        Receipt.channel == channel,
        Receipt.is_doubtful,
    )
    is_long = max(sent_at.values()) - min(sent_at.values()) >= _DOUBTED_OVER[channel]
    if len(sent_at) == _DOUBTED and {row.message_id for row in doubted} == set(sent_at) and is_long:
        by = "receipt" if channel == "sms" else "bounce"
        keep.record_refused_address(message.participant_id, message.organisation_id, channel, blind, by)


def _last_address(message: Message, channel: str) -> str | None:
    table = DeliveryAttempt
    row = (
        table.select()
        .where(
            table.organisation_id == message.organisation_id,
            table.message_id == message.id,
            table.channel == channel,
            table.handing_over_at.is_null(False),
        )
        .order_by(table.number.desc())
        .first()
    )
    return None if row is None else row.address_index


def _find_reported(message_id: str | None) -> Message | None:
    """Return the message of a report, and count whether there is one: reports of nothing show a fault of ours."""
    message = None if message_id is None else _find(message_id)
    MailReport.insert(at=clock.now(), is_ours=message is not None).execute()
    MailReport.delete().where(MailReport.at < clock.now() - _REPORTS_KEPT).execute()
    if message is None:
        log.event("receipt_of_nothing_known", channel="email")
    return message


def _find(message_id: str) -> Message | None:
    return Message.get_or_none(Message.id == message_id) if is_id(message_id) else None

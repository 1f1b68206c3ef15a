"""Where others report what came of a message: the text gateway posts here, and who receives our bounced mail.

The text gateway signs nothing, so its two addresses hold a secret, and the reverse proxy logs no addresses.

A bounce is an e-mail. A small organisation has somebody who runs its mail server, or a provider that can forward:
either hands the raw message over with one line, such as this pipe of Postfix or Exim:

    |curl --silent --fail --data-binary @- --header "Authorization: Bearer $SECRET" \
        --header "Content-Type: message/rfc822" https://houvast.example/berichten/terug/e-mail

Everything may come twice. Whoever gets no good answer tries again later, for weeks; so what can never be read is
logged, answered with a yes and let go.
"""

from __future__ import annotations

import hmac
import json
import re

from flask import Blueprint, Response, current_app, g, request

from services.notifications.channels import bounced_mail, sms_cm
from services.notifications.commands import receipts, replies
from shared import log
from shared.errors import NotFound
from shared.security.access import public
from shared.web.entrance import without_unfit

pages = Blueprint("webhooks", __name__)
_HERE = "/berichten/terug"
_MOST_SIGNS = 2000


@pages.post(f"{_HERE}/sms/<secret>/bezorging")
@public("the text gateway shows the secret in the address", from_machines=True)
def text_status(secret: str) -> Response:
    """Keep a status report of one text message, or of several."""
    _check(current_app.extensions["settings"].sms_webhook_secret, secret)
    content = _object(_object(_body()).get("messages")).get("msg")
    for entry in content if isinstance(content, list) else [content]:
        _record_status(_object(entry))
    return _done()


@pages.post(f"{_HERE}/sms/<secret>/antwoord")
@public("the text gateway shows the secret in the address", from_machines=True)
def text_reply(secret: str) -> Response:
    """Keep what somebody texted back; what is not from a telephone cannot be answered, and is let go."""
    _check(current_app.extensions["settings"].sms_webhook_secret, secret)
    content = _object(_body())
    number = sms_cm.number_of(_text(_object(content.get("from")).get("number")))
    if not number:
        log.event("text_reply_has_no_number")
        return _done()
    reply = _text(_object(content.get("message")).get("text"))[:_MOST_SIGNS]
    answers = sms_cm.message_id_of(_text(content.get("reference")))
    replies.record_reply(number, reply, _text(content.get("timeUtc")), answers)
    return _done()


@pages.post(f"{_HERE}/e-mail")
@public("whoever hands over our bounced mail shows the secret in a header", from_machines=True)
def mail_came_back() -> Response:
    """Take a report of a mail server, or of a reader who calls our mail spam; all other mail is dropped."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    _check(current_app.extensions["settings"].bounce_secret, secret if scheme.lower() == "bearer" else "")
    own = current_app.extensions
    content = bounced_mail.read_mail(request.get_data(), own["mail_domain"], own["return_path"])
    if content is None:
        log.event("mail_back_is_no_report")
        return _done()
    message_id = content.message_id and without_unfit(content.message_id)
    if content.is_complaint:
        receipts.record_complaint(g.actor, message_id)
    else:
        receipts.record_bounce(message_id, content.report, content.code)
    return _done()


def _check(ours: str | None, shown: str) -> None:
    """Raise NotFound when the secret that was shown is not ours."""
    if ours is None or not hmac.compare_digest(ours.encode(), shown.encode()):
        raise NotFound()


def _record_status(report: dict[str, object]) -> None:
    status = _object(report.get("status"))
    code = _text(status.get("code"))
    outcome = sms_cm.outcome_of(code)
    if outcome is None:
        log.event("text_status_settles_nothing", code=code[:10])
        return
    error = re.sub(r"[^\w-]", "", _text(status.get("errorCode")))
    message_id = sms_cm.message_id_of(_text(report.get("reference")))
    is_doubtful = sms_cm.may_be_about_number(code)
    receipts.record_receipt(message_id, "sms", outcome, f"{code}/{error}", is_doubtful=is_doubtful)


def _body() -> object:
    """Return what was posted; what nobody can read is nothing."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None


def _object(value: object) -> dict[str, object]:
    """Return this part, or an empty one: an answer that is no yes is asked again for a month, and never helps."""
    if isinstance(value, dict):
        return value
    if value is not None:
        log.event("webhook_has_another_shape")
    return {}


def _text(value: object) -> str:
    """Return a value as text that can be stored: a gateway repeats for weeks what is refused."""
    content = "" if value is None else str(value)
    return without_unfit(content.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _done() -> Response:
    # The gateway counts nothing but 200 as received.
    return Response("", 200, content_type="text/plain; charset=utf-8")

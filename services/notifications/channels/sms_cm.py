"""CM.com as a client: the only file that speaks to it. One text message in one HTTP POST.

Built from what its public documentation says: developers.cm.com, "Business Messaging API" (integration, shared
features, incoming messages, incoming status reports) and CM's own client libraries (error codes 0 to 999). Seen
there: the address and its alternative without Cloudflare, the header with the product token, the shape of a
message (from, to, body of type auto, reference, allowedChannels), numbers that begin with 00, the shape of a
status report and of an incoming message, and that both are posted again when we do not answer 200 (reports for
seven days, messages for a month).

What could not be checked, because no account was at hand and the pages that say it were not found:

- the answer to a message: `errorCode` and per message `messageErrorCode` are read where they stand; an answer of
  status 200 that we do not understand counts as accepted, because the documentation says that 200 is that;
- `validity` as "90m", and the minimum and maximum number of parts;
- the meaning of the codes in a status report: 0 accepted by the operator, 1 rejected by CM, 2 delivered, 3 not
  delivered, 4 read. Any other code tells us nothing and is written in the log;
- where an incoming message has its number and text: read from `from.number` and `message.text`;
- a signature on what it posts to us: none was found, so the addresses that it posts to hold a secret;
- that a reference is kept to 32 alphanumeric characters, and that a second message with the same one is sent all
  the same: nothing says that it is dropped, so this channel drops no doubles and cannot be asked what it has.
"""

from __future__ import annotations

import requests

from services.notifications.channels.port import Connection, NotAccepted, OutgoingMessage
from services.notifications.rules.sending import Failure, failure_of_http_status
from services.notifications.rules.text_messages import sms_size
from services.notifications.settings import Settings
from shared import clock

# Codes of CM.com, in the whole answer and for one message. What is wrong with our account may be fixed.
_ACCEPTED = 0
_OUR_ACCOUNT = frozenset({101, 102, 103})
_ADDRESS = frozenset({302, 303})
_UNKNOWN = frozenset({500, 999})
# Codes that say "see the message for what is wrong".
_SEE_MESSAGE = 201
_LONGEST_VALIDITY_MINUTES = 48 * 60


class CmChannel:
    """Text messages through CM.com."""

    drops_doubles = False

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def connection(self) -> Connection:
        """Return a session with the gateway."""
        return CmConnection(self._settings)

    def has_taken(self, provider_id: str) -> bool | None:
        """Return None: the gateway cannot be asked; it reports by itself, later."""
        return None


class CmConnection:
    """One session with the gateway. It takes a message in one go, so nothing is said in the first half."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: requests.Session | None = None

    def offer(self, outgoing: OutgoingMessage) -> None:
        """Refuse what we can see ourselves: an empty text or a number that is none is never sent."""
        if not outgoing.text.strip():
            raise NotAccepted(Failure.REFUSED)
        if not outgoing.address.startswith("+") or not outgoing.address[1:].isdigit():
            raise NotAccepted(Failure.REFUSED, is_address_refused=True)

    def hand_over(self, outgoing: OutgoingMessage) -> int:
        """Send the message itself. From the first byte on only the other side knows."""
        try:
            answer = self._connected().post(
                self._settings.sms_url,
                json=self._write(outgoing),
                timeout=self._settings.sms_timeout_seconds,
                headers=self._headers,
                allow_redirects=False,
            )
        except requests.ConnectTimeout:
            raise NotAccepted(Failure.TIMED_OUT_BEFORE, is_down=True) from None
        except requests.exceptions.SSLError:
            raise NotAccepted(Failure.NOT_CONNECTED, is_down=True) from None
        except requests.ConnectionError as error:
            raise _connection_lost(error) from None
        except requests.RequestException:
            raise NotAccepted(Failure.IN_DOUBT) from None
        return _read(answer)

    def withdraw(self) -> None:
        """Do nothing: nothing was sent yet."""

    def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _connected(self) -> requests.Session:
        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = False  # no proxy of the machine reads along, and no .netrc speaks for us
        return self._session

    @property
    def _headers(self) -> dict[str, str]:
        # One connection for each message: one that was closed meanwhile would leave us in doubt for nothing.
        return {"X-CM-PRODUCTTOKEN": self._settings.sms_token or "", "Connection": "close"}

    def _write(self, outgoing: OutgoingMessage) -> dict[str, object]:
        message: dict[str, object] = {
            "from": self._settings.sms_sender,
            "to": [{"number": f"00{outgoing.address[1:]}"}],
            "body": {"type": "auto", "content": outgoing.text},
            "reference": reference_of(outgoing.provider_id),
            "allowedChannels": ["SMS"],
            "minimumNumberOfMessageParts": 1,
            "maximumNumberOfMessageParts": sms_size(outgoing.text).parts,
        }
        if outgoing.expires_at is not None:
            minutes = int((outgoing.expires_at - clock.now()).total_seconds() // 60)
            message["validity"] = f"{max(1, min(minutes, _LONGEST_VALIDITY_MINUTES))}m"
        return {"messages": {"msg": [message]}}


def reference_of(provider_id: str) -> str:
    """Return our id of the message in the 32 characters that the gateway keeps."""
    return provider_id.strip("<>").partition("@")[0].replace("-", "")


def message_id_of(reference: str) -> str:
    """Return our id of the message from its reference; of another reference an id that no message has."""
    hexes = reference.strip().casefold()
    return "-".join((hexes[:8], hexes[8:12], hexes[12:16], hexes[16:20], hexes[20:]))


def number_of(text: str) -> str:
    """Return a number (0031612345678, 31612345678) as we write it: +31612345678; else an empty text."""
    digits = text.strip().removeprefix("+").removeprefix("00")
    return f"+{digits}" if digits.isascii() and digits.isdigit() and 6 <= len(digits) <= 15 else ""


def outcome_of(code: str) -> str | None:
    """Return delivered or undelivered from the code of a status report, or None when it settles nothing."""
    return {"1": "undelivered", "2": "delivered", "3": "undelivered", "4": "delivered"}.get(code.strip())


def may_be_about_number(code: str) -> bool:
    """Return whether the network could not deliver it; what CM itself rejected says nothing of a number."""
    return code.strip() == "3"


def _connection_lost(error: requests.ConnectionError) -> NotAccepted:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError"):
        return NotAccepted(Failure.NOT_CONNECTED, is_down=True)
    return NotAccepted(Failure.IN_DOUBT)


def _read(answer: requests.Response) -> int:
    """Read from the answer what became of our one message."""
    code = _code_in(answer)
    if code in _OUR_ACCOUNT or answer.status_code in (401, 402, 403):
        # Not our reader's fault: the token or the balance may be fixed before the message expires.
        raise NotAccepted(Failure.NOT_NOW, code or answer.status_code, is_down=True)
    if code in _UNKNOWN:
        raise NotAccepted(Failure.IN_DOUBT, code)
    if code is not None and code != _ACCEPTED:
        raise NotAccepted(Failure.REFUSED, code, is_address_refused=code in _ADDRESS)
    if answer.status_code == 200:
        return 200
    if 300 <= answer.status_code <= 399:
        raise NotAccepted(Failure.NOT_NOW, answer.status_code)  # the address in the settings is not right
    raise NotAccepted(failure_of_http_status(answer.status_code), answer.status_code)


def _code_in(answer: requests.Response) -> int | None:
    """Return the code of our message, else that of the whole; None when there is none that we understand."""
    try:
        content = answer.json()
        messages = content.get("messages") or []
        of_ours = messages[0].get("messageErrorCode") if messages else None
        of_all = content.get("errorCode")
    except (requests.exceptions.JSONDecodeError, AttributeError, IndexError, KeyError, TypeError):
        return None
    for code in (of_ours, of_all) if of_all in (None, _ACCEPTED, _SEE_MESSAGE) else (of_all,):
        if isinstance(code, int):
            return code
    return None

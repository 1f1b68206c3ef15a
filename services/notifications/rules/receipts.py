"""What a delivery report by mail says of an address (RFC 3464 with the codes of RFC 3463)."""

from __future__ import annotations

import re
from enum import StrEnum

_STATUS = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")

# There is no such mailbox, no such place, or nobody uses it any more. All else that is refused for good is about
# the message, the box being full or the way there: another message may well arrive.
_GONE = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4)})


class Report(StrEnum):
    """What a report comes down to."""

    DELIVERED = "delivered"
    GONE = "gone"  # it did not arrive, and the address does not exist
    FAILED = "failed"  # it did not arrive, and the address may be good
    NOTHING = "nothing"  # still trying, or passed on: not known yet


def read_report(action: str, status: str) -> Report:
    """From the Action and the Status of one recipient."""
    outcome = action.strip().casefold()
    match = _STATUS.match(status)
    if outcome == "delivered":
        return Report.DELIVERED
    if outcome != "failed":
        return Report.NOTHING
    if match is None or match[1] != "5":
        return Report.FAILED
    return Report.GONE if (int(match[2]), int(match[3])) in _GONE else Report.FAILED

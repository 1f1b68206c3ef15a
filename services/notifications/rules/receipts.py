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
    said = action.strip().casefold()
    found = _STATUS.match(status)
    if said == "delivered":
        return Report.DELIVERED
    if said != "failed":
        return Report.NOTHING
    if found is None or found[1] != "5":
        return Report.FAILED
    return Report.GONE if (int(found[2]), int(found[3])) in _GONE else Report.FAILED

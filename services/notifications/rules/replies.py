"""What somebody may mean by a text message, as far as software may say: only whether it says stop.

Nothing else in it is looked at. A person reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

# Not "afmelden": that is what somebody says who will not come this once.
_STOP = frozenset({"stop", "stopalles", "stoppen", "uitschrijven", "unsubscribe"})
# Our own default: on working days between these hours somebody looks at what comes in.
LOOKED_AT_FROM, LOOKED_AT_UNTIL = time(9, 0), time(17, 0)
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


def says_stop(text: str) -> bool:
    """Tell whether the text is nothing but a stop: 'STOP', 'Stop!', 'stop alles', 'stop aub'.

    'Ik stop ermee' or 'kan niet stoppen met denken' is somebody speaking, and is left to a person.
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    polite = {"aub", "alsjeblieft", "svp", "please", "alles", "all", "sms", "nu"}
    return bool(words) and words[0] in _STOP and all(word in polite for word in words[1:])


def is_looked_at(now: datetime, zone: tzinfo) -> bool:
    """Tell whether somebody of the organisation looks at what comes in at this moment."""
    here = now.astimezone(zone)
    return here.weekday() < _SATURDAY and LOOKED_AT_FROM <= here.time() < LOOKED_AT_UNTIL


def answers_by_itself(now: datetime, zone: tzinfo, earlier: Sequence[datetime]) -> bool:
    """Tell whether software says that nobody reads along now: out of hours, and at most once a day."""
    return not is_looked_at(now, zone) and all(now - moment >= _ONE_DAY for moment in earlier)

"""What somebody may mean by a text message, as far as software may say: only whether it says stop.

Nothing else in it is looked at. A person reads it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path

_WORDS = tomllib.loads((Path(__file__).parents[1] / "data" / "stop_words.toml").read_text(encoding="utf-8"))
_PARTS = ("PLEASE", "STOP", "MESSAGES")


def _any_of(name: str) -> str:
    """Return one pattern for the words of a list, in which other lists are named."""
    words = "|".join(_WORDS[name])
    return f"({re.sub('|'.join(_PARTS), lambda part: _any_of(part[0].casefold()), words)})"


_SAYS_STOP = re.compile(f"({_any_of('before')} )*{_any_of('ways')}( {_any_of('behind')})*")
_SPELLED = re.compile(r"\b\w(?:[ .-]+\w\b)+\.?")  # S.T.O.P., a.u.b.
# Our own default: on working days between these hours somebody looks at what comes in.
LOOKED_AT_FROM, LOOKED_AT_UNTIL = time(9, 0), time(17, 0)
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


def says_stop(text: str) -> bool:
    """Tell whether the text is nothing but a stop: 'STOP', 'S.T.O.P. a.u.b.', 'geen sms'jes meer graag'.

    'Ik stop ermee' or 'kan niet stoppen met denken' is somebody speaking, and is left to a person.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Cf")).casefold()
    joined = _SPELLED.sub(lambda spelled: re.sub(r"[ .-]", "", spelled[0]), re.sub("['’`´]", "", plain))
    return _SAYS_STOP.fullmatch(" ".join(re.findall(r"[^\W\d_]+", joined))) is not None


def is_looked_at(now: datetime, zone: tzinfo) -> bool:
    """Tell whether somebody of the organisation looks at what comes in at this moment."""
    here = now.astimezone(zone)
    return here.weekday() < _SATURDAY and LOOKED_AT_FROM <= here.time() < LOOKED_AT_UNTIL


def answers_by_itself(now: datetime, zone: tzinfo, earlier: Sequence[datetime]) -> bool:
    """Tell whether software says that nobody reads along now: out of hours, and at most once a day."""
    return not is_looked_at(now, zone) and all(now - moment >= _ONE_DAY for moment in earlier)

"""What meetings publishes, one file a subject."""

from __future__ import annotations

from services.meetings.events.attendance import *
from services.meetings.events.call_offs import *
from services.meetings.events.erasure import *
from services.meetings.events.groups import *
from services.meetings.events.meeting_changes import *
from services.meetings.events.meetings import *
from services.meetings.events.memberships import *
from services.meetings.events.my_page import *
from services.meetings.events.organisations import *
from services.meetings.events.sign_in import *
from services.meetings.events.staff import *
from services.meetings.events.walk_ins import *

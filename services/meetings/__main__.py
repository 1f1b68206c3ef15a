"""The door: python -m services.meetings web | work | migrate."""

from services.meetings.app import service
from shared import door

door.main(service, known=("intake", "meetings", "questionnaires", "notifications"))

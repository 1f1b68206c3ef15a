"""The door: python -m services.notifications web | work | migrate."""

from services.notifications.app import service
from shared import door

door.main(service, known=("intake", "meetings", "questionnaires", "notifications"))

"""The door: python -m services.intake web | work | migrate."""

from services.intake.app import service
from shared import door

door.main(service, known=("intake", "meetings", "questionnaires", "notifications"))

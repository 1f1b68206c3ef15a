"""The door: python -m services.questionnaires web | work | migrate."""

from services.questionnaires.app import service
from shared import door

door.main(service, known=("intake", "meetings", "questionnaires", "notifications"))

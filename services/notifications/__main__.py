"""The door: python -m services.notifications web | work | migrate."""

from services.notifications.app import application
from shared import cli

cli.main(application, known=("intake", "meetings", "questionnaires", "notifications"))

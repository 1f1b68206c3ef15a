"""The entry point: python -m services.meetings web | work | migrate."""

from services.meetings.app import application
from shared import cli

cli.main(application, known=("intake", "meetings", "questionnaires", "notifications"))

"""The entry point: python -m services.meetings web | work | migrate."""

from services.meetings.app import application
from shared import cli

cli.main(application, services=("intake", "meetings", "questionnaires", "notifications"))

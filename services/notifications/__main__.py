"""The entry point: python -m services.notifications web | work | migrate."""

from services.notifications.app import application
from shared import cli

cli.main(application, services=("intake", "meetings", "questionnaires", "notifications"))

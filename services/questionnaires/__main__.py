"""The entry point: python -m services.questionnaires web | work | migrate."""

from services.questionnaires.app import application
from shared import cli

cli.main(application, services=("intake", "meetings", "questionnaires", "notifications"))

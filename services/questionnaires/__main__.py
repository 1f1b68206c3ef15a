"""The entry point: python -m services.questionnaires web | work | migrate."""

from services.questionnaires.app import application
from shared import cli

cli.main(application, known=("intake", "meetings", "questionnaires", "notifications"))

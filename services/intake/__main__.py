"""The entry point: python -m services.intake web | work | migrate."""

from services.intake.app import application
from shared import cli

cli.main(application, known=("intake", "meetings", "questionnaires", "notifications"))

"""What a sign-up waits for, kept beside it by every command that changes it or what it follows from."""

from __future__ import annotations

from services.intake.models import Signup
from services.intake.queries.signups import progress_of
from services.intake.rules.signups import NextStep, next_step


def keep_next_step(signup: Signup) -> None:
    """Write down what this sign-up waits for now, inside the transaction of a command that has saved all else."""
    progress = progress_of(signup)
    step = next_step(progress)
    signup.step = None if step == NextStep.NOTHING else step
    since = progress.talk_ends_at if step == NextStep.HOLD_TALK else signup.received_at
    signup.step_at = since if signup.step else None
    signup.save(only=[Signup.step, Signup.step_at])

"""What the mechanism needs beside its first tables: how far was handed over, and which heads were seen. Frozen."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, CharField


def up(migrator: Any) -> None:
    """Until now everything numbered was handed over: listeners read the log themselves."""
    migrator.migrate(
        migrator.add_column("outbox_head", "sent", BigIntegerField(default=0)),
        migrator.add_column("inbox_position", "head_epoch", BigIntegerField(default=0)),
        migrator.add_column("inbox_position", "head_seq", BigIntegerField(default=0)),
        migrator.add_column("inbox_position", "head_seen_at", CharField(max_length=27, null=True)),
    )


def down(migrator: Any) -> None:
    """The way back."""
    migrator.migrate(
        migrator.drop_column("outbox_head", "sent"),
        *(migrator.drop_column("inbox_position", name) for name in ("head_epoch", "head_seq", "head_seen_at")),
    )

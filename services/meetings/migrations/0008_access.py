"""A second proof for who works here, codes for who takes part, and one count of what was tried."""

import peewee
from peewee import BigIntegerField, BlobField, CharField, ForeignKeyField, IntegerField, Model

from shared.store import IdField, MomentField


def up(migrator, db):
    class Organisation(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "organisation"

    class Staff(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "staff"

    class Authenticator(Model):
        staff = ForeignKeyField(Staff, primary_key=True)
        secret = BlobField()
        made_at = MomentField()
        confirmed_at = MomentField(null=True)
        last_step = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "authenticator"

    class AuthenticatorReset(Model):
        organisation = ForeignKeyField(Organisation)
        staff = ForeignKeyField(Staff)
        asked_by = IdField()
        asked_at = MomentField()

        class Meta:
            database = db
            table_name = "authenticator_reset"
            primary_key = peewee.CompositeKey("organisation", "staff")

    class AccessCode(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField()
        code_index = CharField(max_length=64)
        made_at = MomentField()
        expires_at = MomentField(index=True)
        wrong = IntegerField(default=0)
        used_at = MomentField(null=True)
        used_by = CharField(max_length=36, null=True)

        class Meta:
            database = db
            table_name = "access_code"
            indexes = ((("organisation_id", "participant_id"), False),)

    class Tried(Model):
        what = CharField(max_length=40)
        value_index = CharField(max_length=64)
        at = MomentField(index=True)

        class Meta:
            database = db
            table_name = "tried"
            indexes = ((("what", "value_index", "at"), False),)

    db.create_tables([Authenticator, AuthenticatorReset, AccessCode, Tried])
    # Nobody is in a session for longer than a day, and nothing that was tried counts for longer.
    migrator.migrate(
        migrator.drop_table("sign_in_try"),
        migrator.add_column("session", "proved_at", MomentField(null=True)),
    )


def down(migrator, db):
    class SignInTry(Model):
        kind = CharField(max_length=8)
        value_index = CharField(max_length=64)
        at = MomentField(index=True)

        class Meta:
            database = db
            table_name = "sign_in_try"
            indexes = ((("kind", "value_index", "at"), False),)

    migrator.migrate(migrator.drop_column("session", "proved_at"))
    for name in ("tried", "access_code", "authenticator_reset", "authenticator"):
        migrator.migrate(migrator.drop_table(name))
    db.create_tables([SignInTry])

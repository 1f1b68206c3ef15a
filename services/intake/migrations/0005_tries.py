"""How often somebody signed up from one place."""

from peewee import CharField, Model

from shared.store import MomentField


def up(migrator, db):
    class Tried(Model):
        what = CharField(max_length=40)
        value_index = CharField(max_length=64)
        at = MomentField(index=True)

        class Meta:
            database = db
            table_name = "tried"
            indexes = ((("what", "value_index", "at"), False),)

    db.create_tables([Tried])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("tried"))

"""The table of the chain, and triggers by which the database itself refuses to change or delete a row of it."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

TABLE = "review_entry"
REFUSAL = "an entry of the chain of decisions is never changed or deleted"
_SQLITE = (
    f"CREATE TRIGGER {TABLE}_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER {TABLE}_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
_POSTGRES = (
    f"CREATE FUNCTION {TABLE}_kept() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
    f"CREATE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_kept()",
)
_STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRES}


def keep_rows(apps: Any, schema_editor: Any) -> None:
    """Let the database keep every row as it is; other databases rely on the chain alone, as audits do anyway."""
    for statement in _STATEMENTS.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """The first of this app."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="ReviewEntry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("act", models.CharField(db_index=True, max_length=64)),
                ("subject", models.CharField(db_index=True, max_length=500)),
                ("payload", models.TextField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.CharField(max_length=32)),
                ("before", models.CharField(max_length=64, unique=True)),
                ("seal", models.CharField(max_length=64, unique=True)),
            ],
            options={"db_table": TABLE, "ordering": ("number",)},
        ),
        migrations.RunPython(keep_rows, migrations.RunPython.noop),
    ]

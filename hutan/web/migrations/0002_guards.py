"""What happened around sign-in and what was confirmed is history: nobody who serves changes it."""

from django.db import migrations

APPEND_ONLY = ("web_signinevent", "web_stepup")


class Migration(migrations.Migration):
    dependencies = [("web", "0001_tables")]

    operations = [
        migrations.RunSQL(
            [f"REVOKE UPDATE, DELETE ON {table} FROM hutan_app" for table in APPEND_ONLY],
            [f"GRANT UPDATE, DELETE ON {table} TO hutan_app" for table in APPEND_ONLY],
        ),
        # Counts of requests need not survive a crash, and are written on every public request.
        migrations.RunSQL(
            "ALTER TABLE web_requestcount SET UNLOGGED", "ALTER TABLE web_requestcount SET LOGGED"
        ),
    ]

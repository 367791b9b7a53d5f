"""The clock's rows are written once, and the database itself refuses a move that is not true."""

from django.db import migrations

APPEND_ONLY = """
REVOKE UPDATE, DELETE ON clock_city, clock_move FROM hutan_app;
"""

MOVES_ARE_TRUE = """
CREATE FUNCTION clock_move_is_true() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    place clock_city%ROWTYPE;
    last clock_move%ROWTYPE;
    since timestamptz;
    stood timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(7211);
    SELECT * INTO place FROM clock_city;
    IF place.kind IS DISTINCT FROM 'demo' THEN
        RAISE EXCEPTION 'only the clock of a demonstration city can be moved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_move_demo_only';
    END IF;
    SELECT * INTO last FROM clock_move ORDER BY id DESC LIMIT 1;
    since := coalesce(last.real, place.real);
    stood := coalesce(last.moved_to, place.city);
    IF NEW.id <= last.id OR NEW.real < since OR NEW.moved_from <> stood + (NEW.real - since) THEN
        RAISE EXCEPTION 'the clock did not show % at %', NEW.moved_from, NEW.real
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_move_from_what_it_showed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER clock_move_is_true BEFORE INSERT ON clock_move
    FOR EACH ROW EXECUTE FUNCTION clock_move_is_true();
"""


class Migration(migrations.Migration):
    dependencies = [("clock", "0001_initial")]

    operations = [
        migrations.RunSQL(
            APPEND_ONLY, reverse_sql="GRANT UPDATE, DELETE ON clock_city, clock_move TO hutan_app;"
        ),
        migrations.RunSQL(MOVES_ARE_TRUE, reverse_sql="DROP FUNCTION clock_move_is_true CASCADE;"),
    ]

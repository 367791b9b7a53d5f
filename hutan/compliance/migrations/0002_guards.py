"""What the database itself refuses in compliance: history does not change, only ends."""

from django.db import migrations

GUARD = """
REVOKE UPDATE, DELETE ON compliance_closing, compliance_carriedover, compliance_preallocation,
  compliance_proof, compliance_departure FROM hutan_app;
REVOKE DELETE ON compliance_yearopening, compliance_listing, compliance_determination,
  compliance_use, compliance_instalment FROM hutan_app;

-- A version may be superseded, a use undone, a year closed, an instalment released: once, and
-- nothing else about them ever changes.
CREATE FUNCTION compliance_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ending text := TG_ARGV[0];
  open text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
  IF to_jsonb(OLD) -> ending <> 'null'::jsonb OR to_jsonb(NEW) -> ending = 'null'::jsonb
     OR to_jsonb(NEW) - open <> to_jsonb(OLD) - open
  THEN
    RAISE EXCEPTION '% % does not change', TG_TABLE_NAME, OLD USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER only_ends BEFORE UPDATE ON compliance_listing FOR EACH ROW
  EXECUTE FUNCTION compliance_only_ends('superseded_at', 'superseded_at');
CREATE TRIGGER only_ends BEFORE UPDATE ON compliance_determination FOR EACH ROW
  EXECUTE FUNCTION compliance_only_ends('superseded_at', 'superseded_at');
CREATE TRIGGER only_ends BEFORE UPDATE ON compliance_use FOR EACH ROW
  EXECUTE FUNCTION compliance_only_ends('undone_at', 'undone_at');
CREATE TRIGGER only_ends BEFORE UPDATE ON compliance_instalment FOR EACH ROW
  EXECUTE FUNCTION compliance_only_ends('released_at', 'released_at');
CREATE TRIGGER only_ends BEFORE UPDATE ON compliance_yearopening FOR EACH ROW
  EXECUTE FUNCTION compliance_only_ends('closed_at', 'closed_at,closing_act_id');
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_tables")]

    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]

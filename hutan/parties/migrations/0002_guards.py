"""What the database itself refuses: changed history, and a decided proposal that moves again."""

from django.db import migrations

GUARD = """
REVOKE UPDATE, DELETE ON parties_proposalversion, parties_decision, parties_attachment FROM hutan_app;
REVOKE DELETE ON parties_proposal, parties_person, parties_organisation, parties_post,
  parties_delegation FROM hutan_app;

CREATE FUNCTION parties_proposal_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'withdrawn'
     OR NEW.proposer_person_id <> OLD.proposer_person_id
     OR NEW.kind <> OLD.kind
     OR NEW.organisation_id IS DISTINCT FROM OLD.organisation_id
     OR NEW.version < OLD.version
     OR (NEW.content_hash <> OLD.content_hash AND NEW.version = OLD.version)
  THEN
    RAISE EXCEPTION 'proposal % cannot change like that', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'approved' AND (
       OLD.outcome IS NOT NULL
       OR to_jsonb(NEW) - 'outcome' <> to_jsonb(OLD) - 'outcome')
  THEN
    RAISE EXCEPTION 'proposal % is decided', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER proposal_is_final BEFORE UPDATE ON parties_proposal
  FOR EACH ROW EXECUTE FUNCTION parties_proposal_is_final();
"""

UNGUARD = """
DROP TRIGGER proposal_is_final ON parties_proposal;
DROP FUNCTION parties_proposal_is_final();
GRANT DELETE ON parties_proposal, parties_person, parties_organisation, parties_post,
  parties_delegation TO hutan_app;
GRANT UPDATE, DELETE ON parties_proposalversion, parties_decision, parties_attachment TO hutan_app;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_tables")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]

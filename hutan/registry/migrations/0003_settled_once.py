"""Agreement of blocks and ledger, checked once a holding; indexes that only cost.

The blocks of a government account are many, and one act can change hundreds of them. A check for
each changed row sums the whole holding each time. What changes now notes the holding, once a
transaction, and at the commit each holding noted is checked once, whatever was done to it. The
ledger's own trigger on a changed balance stays as it is.

The serving role cannot write the notes: only the triggers do, which run as the owner.
"""

import django.db.models.deletion
from django.db import migrations, models

ONCE = """
CREATE TABLE registry_unsettled (
  transaction xid8 NOT NULL, holding bigint NOT NULL, PRIMARY KEY (transaction, holding)
);
REVOKE ALL ON registry_unsettled FROM hutan_app;

CREATE FUNCTION registry_note_changed() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO registry_unsettled
      SELECT DISTINCT pg_current_xact_id(), holding_id
      FROM (SELECT holding_id FROM changed UNION SELECT holding_id FROM became) AS either
      ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO registry_unsettled
      SELECT DISTINCT pg_current_xact_id(), holding_id FROM changed ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION registry_note_changed() FROM PUBLIC;

CREATE FUNCTION registry_settle() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM registry_check_holding(NEW.holding);
  DELETE FROM registry_unsettled
    WHERE transaction = NEW.transaction AND holding = NEW.holding;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION registry_settle() FROM PUBLIC;

CREATE OR REPLACE FUNCTION registry_check_holding(holding bigint) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE
  blocks bigint;
  held bigint;
BEGIN
  -- ledger_net adds in 64 bits, where sum(bigint) goes through numeric.
  SELECT coalesce(public.ledger_net(last - first + 1), 0) INTO blocks
    FROM public.registry_block WHERE holding_id = holding;
  SELECT balance INTO held FROM public.ledger_account WHERE id = holding;
  IF blocks IS DISTINCT FROM held THEN
    RAISE EXCEPTION 'holding %: blocks add up to %, the ledger says %', holding, blocks, held
      USING ERRCODE = 'check_violation', CONSTRAINT = 'blocks_agree_with_ledger';
  END IF;
END $$;

DROP TRIGGER blocks_agree_with_ledger ON registry_block;
DROP FUNCTION registry_block_changed();
CREATE TRIGGER note_changed_insert AFTER INSERT ON registry_block
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION registry_note_changed();
CREATE TRIGGER note_changed_delete AFTER DELETE ON registry_block
  REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION registry_note_changed();
CREATE TRIGGER note_changed_update AFTER UPDATE ON registry_block
  REFERENCING OLD TABLE AS changed NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION registry_note_changed();
CREATE CONSTRAINT TRIGGER blocks_agree_with_ledger AFTER INSERT ON registry_unsettled
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_settle();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_guards")]

    operations = [
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        # Covered by transactions_given and transactions_received.
        migrations.AlterField(
            "transaction",
            "giver",
            models.ForeignKey(
                "registry.account",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="given",
            ),
        ),
        migrations.AlterField(
            "transaction",
            "receiver",
            models.ForeignKey(
                "registry.account",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received",
            ),
        ),
        # Nothing is looked up by these, and no row that they point to is ever deleted.
        migrations.AlterField(
            "transaction",
            "plan_line",
            models.ForeignKey(
                "registry.planline",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
            ),
        ),
        migrations.AlterField(
            "blockmovement",
            "giver",
            models.ForeignKey(
                "registry.account",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
            ),
        ),
        migrations.AlterField(
            "blockmovement",
            "receiver",
            models.ForeignKey(
                "registry.account",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
            ),
        ),
        # Covered by block_of_holding.
        migrations.AlterField(
            "block",
            "holding",
            models.ForeignKey(
                "registry.holding",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="blocks",
            ),
        ),
    ]

"""What the database itself refuses in the registry, whatever code forgot.

- Numbers: no allowance stands in two blocks (exclusion constraint over vintage and number).
- Agreement: at every commit the blocks of a holding add up to its balance in the ledger, whichever
  of the two was written. The triggers are deferred, and fire for serialised accounts alone.
- A frozen block neither moves nor goes; only its freeze can be lifted.
- A transaction rests on a proposal that a second person has approved, and once executed or stopped
  it never changes. History tables are append-only.
- The lines of a plan never add up to more than their part.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION registry_place(vintage int, number bigint) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN vintage * 100000000000::bigint + number;

CREATE FUNCTION registry_span(vintage int, first bigint, last bigint) RETURNS int8range
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN int8range(vintage * 100000000000::bigint + first, vintage * 100000000000::bigint + last, '[]');

ALTER TABLE registry_block ADD CONSTRAINT block_numbers_once
  EXCLUDE USING gist (registry_span(vintage, first, last) WITH &&);
ALTER TABLE registry_block ADD CONSTRAINT block_number_length
  CHECK (last < 100000000000 AND vintage BETWEEN 1990 AND 9999);
CREATE INDEX block_path ON registry_blockmovement
  USING gist (registry_span(vintage, first, last));

CREATE FUNCTION registry_check_holding(holding bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  blocks bigint;
  held bigint;
BEGIN
  SELECT coalesce(sum(last - first + 1), 0) INTO blocks
    FROM registry_block WHERE holding_id = holding;
  SELECT balance INTO held FROM ledger_account WHERE id = holding;
  IF blocks IS DISTINCT FROM held THEN
    RAISE EXCEPTION 'holding %: blocks add up to %, the ledger says %', holding, blocks, held
      USING ERRCODE = 'check_violation', CONSTRAINT = 'blocks_agree_with_ledger';
  END IF;
END $$;

CREATE FUNCTION registry_balance_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM registry_check_holding(NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION registry_block_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM registry_check_holding(OLD.holding_id);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM registry_check_holding(NEW.holding_id);
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER blocks_agree_with_ledger AFTER UPDATE OF balance ON ledger_account
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.serialised AND NEW.balance <> OLD.balance)
  EXECUTE FUNCTION registry_balance_changed();
CREATE CONSTRAINT TRIGGER blocks_agree_with_ledger AFTER INSERT OR UPDATE OR DELETE ON registry_block
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_block_changed();

CREATE FUNCTION registry_frozen_block_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.holding_id, NEW.vintage, NEW.first, NEW.last)
       IS DISTINCT FROM (OLD.holding_id, OLD.vintage, OLD.first, OLD.last)
  THEN
    RAISE EXCEPTION 'block % is frozen', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen_block_stays BEFORE UPDATE OR DELETE ON registry_block
  FOR EACH ROW WHEN (OLD.freeze_id IS NOT NULL) EXECUTE FUNCTION registry_frozen_block_stays();

CREATE FUNCTION registry_transactions_are_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong uuid;
BEGIN
  SELECT t.id INTO wrong FROM fresh t JOIN parties_proposal p ON p.id = t.proposal_id
    WHERE p.state <> 'approved' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'transaction % rests on a proposal nobody approved', wrong
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER transactions_are_approved AFTER INSERT ON registry_transaction
  REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION registry_transactions_are_approved();

CREATE FUNCTION registry_transaction_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'waiting'
     OR to_jsonb(NEW) - '{state,items,executed_at,stopped_at,stop_reason}'::text[]
        <> to_jsonb(OLD) - '{state,items,executed_at,stopped_at,stop_reason}'::text[]
     OR (NEW.state <> 'executed' AND NEW.items <> OLD.items)
  THEN
    RAISE EXCEPTION 'transaction % cannot change like that', OLD.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER transaction_is_final BEFORE UPDATE ON registry_transaction
  FOR EACH ROW EXECUTE FUNCTION registry_transaction_is_final();

CREATE FUNCTION registry_lines_within_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT p.year, p.part, p.amount, sum(l.amount) AS lines INTO wrong
    FROM registry_planpart p JOIN registry_planline l ON l.year = p.year AND l.part = p.part
    JOIN registry_plan v ON v.id = l.plan_id AND v.superseded_at IS NULL
    GROUP BY p.year, p.part, p.amount HAVING sum(l.amount) > p.amount LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the lines of % % add up to % of %',
      wrong.year, wrong.part, wrong.lines, wrong.amount USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lines_within_parts AFTER INSERT ON registry_planline
  FOR EACH STATEMENT EXECUTE FUNCTION registry_lines_within_parts();
CREATE TRIGGER lines_within_parts_changed AFTER UPDATE OF amount ON registry_planline
  FOR EACH STATEMENT EXECUTE FUNCTION registry_lines_within_parts();

REVOKE UPDATE, DELETE ON registry_accountevent, registry_blockmovement, registry_attempt,
  registry_document, registry_succession FROM hutan_app;
REVOKE DELETE ON registry_account, registry_holding, registry_freeze, registry_numbering,
  registry_plan, registry_planpart, registry_planline, registry_transaction,
  registry_trustedaccount, registry_pledge, registry_debt FROM hutan_app;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_tables"), ("ledger", "0002_rules")]

    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]

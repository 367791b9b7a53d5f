"""Locks, lapses, and a single posting in one call of the database.

``ledger_post_one`` takes the same decisions, in the same order, as ``domain/decisions.py``.
"""

from django.db import migrations

LOCK = """
-- Locking needs a right to update, which the serving role does not have. Locks are taken in the
-- order of the account ids.
CREATE FUNCTION public.ledger_lock(accounts bigint[])
RETURNS TABLE (
  id bigint, asset integer, source boolean, balance bigint, reserved bigint, last_sequence bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 2
-- One plan for a session: planning anew for each list costs a single posting a tenth of its time.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY
    SELECT a.id, a.asset, a.source, a.balance, a.reserved, a.last_sequence
    FROM public.ledger_account a WHERE a.id = ANY (accounts) ORDER BY a.id FOR NO KEY UPDATE;
END $$;
REVOKE ALL ON FUNCTION public.ledger_lock(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_lock(bigint[]) TO hutan_app;
"""

LAPSE = """
-- Release the reservations of locked accounts that are due at a moment: as of the moment at which
-- they expired, so that no answer and no past balance depends on when somebody looked.
-- The id follows from the reservation's (a UUID of version 8).
CREATE FUNCTION public.ledger_lapse(accounts bigint[], due timestamptz)
RETURNS SETOF public.ledger_transfer
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH numbered AS MATERIALIZED (
    SELECT r.*, nextval('public.ledger_commit') << 20 AS own
    FROM (
      SELECT * FROM public.ledger_reservation
      WHERE debit = ANY (accounts) AND expires_at <= due ORDER BY debit, sequence
    ) AS r
  )
  INSERT INTO public.ledger_transfer
    (id, sequence, kind, asset, debit, credit, moved, held, at, debit_before, subject)
  SELECT encode(set_byte(set_byte(hash, 6, get_byte(hash, 6) & 15 | 128),
                         8, get_byte(hash, 8) & 63 | 128), 'hex')::uuid,
         n.own, 5, n.asset, n.debit, n.credit, 0, -n.amount, n.expires_at,
         coalesce(lag(n.own) OVER (PARTITION BY n.debit ORDER BY n.own), a.last_sequence), n.id
  FROM numbered n JOIN public.ledger_account a ON a.id = n.debit,
       LATERAL substring(sha256(uuid_send(n.id) || 'lapse'::bytea) FOR 16) AS hash
  RETURNING *
$$;
REVOKE ALL ON FUNCTION public.ledger_lapse(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_lapse(bigint[], timestamptz) TO hutan_app;
"""

POST_ONE = """
CREATE FUNCTION public.ledger_post_one(
  wanted_id uuid, wanted_kind smallint, wanted_debit bigint, wanted_credit bigint,
  wanted_amount bigint, wanted_subject uuid, wanted_expiry timestamptz, wanted_linked uuid,
  wanted_at timestamptz, fault text, fault_facts jsonb, content jsonb,
  -- outcome: 0 refused, 1 posted, 2 answered before
  OUT outcome smallint, OUT sequence bigint, OUT debit bigint, OUT credit bigint,
  OUT moved bigint, OUT held bigint, OUT debit_before bigint, OUT credit_before bigint,
  OUT reason text, OUT facts jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
  largest CONSTANT bigint := 9007199254740991;
  giver record; taker record; one record;
  origin public.ledger_transfer;
  ending smallint;
  available bigint; remaining bigint;
BEGIN
  debit := wanted_debit; credit := wanted_credit; moved := 0; held := 0;
  IF wanted_subject IS NOT NULL THEN
    SELECT * INTO origin FROM public.ledger_transfer t WHERE t.id = wanted_subject;
    IF wanted_kind = 6 THEN
      debit := origin.credit; credit := origin.debit;
    ELSE
      debit := origin.debit; credit := origin.credit;
    END IF;
  END IF;

  FOR one IN
    SELECT a.id, a.asset, a.source, a.balance, a.reserved, a.last_sequence
    FROM public.ledger_account a WHERE a.id IN (debit, credit) ORDER BY a.id FOR NO KEY UPDATE
  LOOP
    IF one.reserved > 0 THEN
      PERFORM FROM public.ledger_lapse(ARRAY[one.id], wanted_at);
      IF FOUND THEN
        SELECT a.id, a.asset, a.source, a.balance, a.reserved, a.last_sequence INTO one
          FROM public.ledger_account a WHERE a.id = one.id;
      END IF;
    END IF;
    IF one.id = debit THEN giver := one; END IF;
    IF one.id = credit THEN taker := one; END IF;
  END LOOP;

  CASE wanted_kind
    WHEN 1 THEN moved := wanted_amount;
    WHEN 2 THEN held := wanted_amount;
    WHEN 3 THEN moved := coalesce(wanted_amount, origin.held); held := -origin.held;
    WHEN 4 THEN held := -origin.held;
    WHEN 6 THEN moved := wanted_amount;
  END CASE;
  sequence := nextval('public.ledger_commit') << 20;

  IF fault IS NOT NULL THEN
    reason := fault; facts := fault_facts;
  ELSIF wanted_kind IN (3, 4) AND origin.kind IS DISTINCT FROM 2 THEN
    reason := 'LED-005'; facts := jsonb_build_object('reservation', wanted_subject);
  ELSIF wanted_kind = 6 AND coalesce(origin.moved, 0) = 0 THEN
    reason := 'LED-006'; facts := jsonb_build_object('transfer', wanted_subject);
  ELSIF giver IS NULL OR taker IS NULL THEN
    reason := 'LED-007';
    facts := jsonb_build_object(
      'account', (CASE WHEN giver IS NULL THEN debit ELSE credit END)::text);
  ELSIF debit = credit THEN
    reason := 'LED-008'; facts := jsonb_build_object('account', debit);
  ELSIF giver.asset <> taker.asset THEN
    reason := 'LED-009'; facts := jsonb_build_object('debit', debit, 'credit', credit);
  END IF;

  IF reason IS NULL AND wanted_kind IN (3, 4) THEN
    SELECT t.kind INTO ending FROM public.ledger_transfer t
      WHERE t.subject = wanted_subject AND t.kind IN (3, 4, 5);
    IF ending IS NULL AND origin.expires_at <= wanted_at THEN
      ending := 5;
    END IF;
    IF ending IS NOT NULL THEN
      reason := CASE ending WHEN 3 THEN 'LED-010' WHEN 4 THEN 'LED-011' ELSE 'LED-012' END;
      facts := jsonb_build_object('reservation', wanted_subject);
    ELSIF moved > origin.held THEN
      reason := 'LED-013';
      facts := jsonb_build_object(
        'reservation', wanted_subject, 'reserved', origin.held, 'amount', moved);
    END IF;
  ELSIF reason IS NULL AND wanted_kind = 6 THEN
    SELECT origin.moved - coalesce(sum(t.moved), 0) INTO remaining FROM public.ledger_transfer t
      WHERE t.subject = wanted_subject AND t.kind = 6;
    IF moved > remaining THEN
      reason := 'LED-014';
      facts := jsonb_build_object('transfer', wanted_subject, 'left', remaining, 'amount', moved);
    END IF;
  END IF;

  IF reason IS NULL THEN
    available := giver.balance - giver.reserved;
    IF moved + held > available AND NOT giver.source THEN
      reason := 'LED-015';
      facts := jsonb_build_object(
        'account', debit, 'available', available, 'amount', moved + held);
    ELSIF giver.balance - moved < -largest OR giver.reserved + held > largest THEN
      reason := 'LED-016'; facts := jsonb_build_object('account', debit, 'largest', largest);
    ELSIF taker.balance + moved > largest THEN
      reason := 'LED-016'; facts := jsonb_build_object('account', credit, 'largest', largest);
    END IF;
  END IF;

  IF reason IS NULL THEN
    outcome := 1;
    debit_before := giver.last_sequence;
    IF moved > 0 THEN credit_before := taker.last_sequence; END IF;
    INSERT INTO public.ledger_transfer
      (id, sequence, kind, asset, debit, credit, moved, held, at, debit_before, credit_before,
       subject, expires_at, linked)
      VALUES (wanted_id, sequence, wanted_kind, giver.asset, debit, credit, moved, held,
              wanted_at, debit_before, credit_before, wanted_subject, wanted_expiry, wanted_linked)
      ON CONFLICT (id) DO NOTHING;
  ELSE
    outcome := 0;
    INSERT INTO public.ledger_transfer (id, sequence, kind, moved, held, at, linked)
      VALUES (wanted_id, sequence, 0, 0, 0, wanted_at, wanted_linked)
      ON CONFLICT (id) DO NOTHING;
  END IF;
  -- The unique index finds out that an id was answered before; looking it up costs every new one.
  IF NOT FOUND THEN
    outcome := 2;
  ELSIF outcome = 0 THEN
    facts := public.ledger_named(facts);
    INSERT INTO public.ledger_refusal (id, code, facts, content)
      VALUES (wanted_id, reason, facts, content);
  END IF;
END $$;
REVOKE ALL ON FUNCTION public.ledger_post_one(
  uuid, smallint, bigint, bigint, bigint, uuid, timestamptz, uuid, timestamptz, text, jsonb, jsonb
) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_post_one(
  uuid, smallint, bigint, bigint, bigint, uuid, timestamptz, uuid, timestamptz, text, jsonb, jsonb
) TO hutan_app;
"""

NAMED = """
-- Facts of a refusal speak of accounts by number inside and by code and asset outside.
CREATE FUNCTION public.ledger_named(facts jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT facts
    || coalesce((
      SELECT jsonb_build_object('account', a.code, 'asset', s.code)
      FROM public.ledger_account a JOIN public.ledger_asset s ON s.id = a.asset
      WHERE jsonb_typeof(facts -> 'account') = 'number' AND a.id = (facts ->> 'account')::bigint
    ), '{}')
    || coalesce((
      SELECT jsonb_build_object(
        'debit', d.code, 'debit_asset', ds.code, 'credit', c.code, 'credit_asset', cs.code)
      FROM public.ledger_account d JOIN public.ledger_asset ds ON ds.id = d.asset,
           public.ledger_account c JOIN public.ledger_asset cs ON cs.id = c.asset
      WHERE d.id = (facts ->> 'debit')::bigint AND c.id = (facts ->> 'credit')::bigint
    ), '{}')
$$;
REVOKE ALL ON FUNCTION public.ledger_named(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_named(jsonb) TO hutan_app;
"""

BACK = """
DROP FUNCTION public.ledger_post_one(
  uuid, smallint, bigint, bigint, bigint, uuid, timestamptz, uuid, timestamptz, text, jsonb, jsonb
);
DROP FUNCTION public.ledger_named(jsonb);
DROP FUNCTION public.ledger_lapse(bigint[], timestamptz);
DROP FUNCTION public.ledger_lock(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_rules")]

    operations = [migrations.RunSQL(LOCK + LAPSE + NAMED + POST_ONE, BACK)]

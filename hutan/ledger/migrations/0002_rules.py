"""The ledger's invariants, held by the database whatever code posts.

The serving role may only insert into the history. One statement trigger applies what was inserted
to the accounts, so a balance changes by transfers and by nothing else, each transfer adds to one
account what it takes from another of the same asset, and the sum over an asset stays zero.
"""

from django.db import migrations

FORM = """
CREATE SEQUENCE public.ledger_commit AS bigint;

-- A sequence is the number of a commit times 2^20 plus the place in it; services number their own.
ALTER TABLE public.ledger_transfer
  ALTER COLUMN sequence SET DEFAULT nextval('public.ledger_commit') << 20;

ALTER TABLE public.ledger_transfer ADD CONSTRAINT ledger_transfer_form CHECK (
  CASE WHEN kind = 0
    THEN debit IS NULL AND credit IS NULL AND asset IS NULL AND moved = 0 AND held = 0
      AND debit_before IS NULL AND credit_before IS NULL
      AND subject IS NULL AND expires_at IS NULL
    ELSE debit <> credit AND asset IS NOT NULL AND debit IS NOT NULL AND credit IS NOT NULL
      AND debit_before IS NOT NULL AND debit_before < sequence
      AND CASE WHEN moved > 0 THEN credit_before IS NOT NULL AND credit_before < sequence
               ELSE credit_before IS NULL END
      AND CASE kind
        WHEN 1 THEN moved > 0 AND held = 0 AND subject IS NULL AND expires_at IS NULL
        WHEN 2 THEN moved = 0 AND held > 0 AND subject IS NULL
          AND (expires_at IS NULL OR expires_at > at)
        WHEN 3 THEN moved > 0 AND moved <= -held AND subject IS NOT NULL AND expires_at IS NULL
        WHEN 4 THEN moved = 0 AND held < 0 AND subject IS NOT NULL AND expires_at IS NULL
        WHEN 5 THEN moved = 0 AND held < 0 AND subject IS NOT NULL AND expires_at IS NULL
        WHEN 6 THEN moved > 0 AND held = 0 AND subject IS NOT NULL AND expires_at IS NULL
        ELSE false
      END
  END
);

-- Free space in a page lets a balance change without touching an index.
ALTER TABLE public.ledger_account SET (fillfactor = 70);

-- sum(bigint) goes through numeric; this stays in 64 bits and raises when it leaves them.
CREATE AGGREGATE public.ledger_net(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0');
"""

FORM_BACK = """
DROP AGGREGATE public.ledger_net(bigint);
ALTER TABLE public.ledger_transfer DROP CONSTRAINT ledger_transfer_form;
ALTER TABLE public.ledger_transfer ALTER COLUMN sequence DROP DEFAULT;
DROP SEQUENCE public.ledger_commit;
"""

# Net changes an account, applied in the order of the account ids. An account's entries in one
# statement must continue its chain: their steps lead from where it stands to the newest of them,
# and each place that one leaves, another (or the account) holds.
_CHANGE = """
    WITH delta AS MATERIALIZED (
      SELECT account, asset, public.ledger_net(moved) AS moved, public.ledger_net(held) AS held,
             count(*)::integer AS entries, max(sequence) AS last_sequence,
             public.ledger_net(sequence - before) AS steps, bit_xor(sequence # before) AS links
      FROM (
        SELECT debit AS account, asset, -moved AS moved, held, sequence, debit_before AS before
        FROM added WHERE kind <> 0
        UNION ALL
        SELECT credit, asset, moved, 0, sequence, credit_before FROM added WHERE moved > 0
      ) AS entry
      GROUP BY account, asset ORDER BY account
    ), changed AS (
      UPDATE public.ledger_account a
        SET balance = a.balance + d.moved, reserved = a.reserved + d.held,
            last_sequence = d.last_sequence,
            entries = CASE WHEN a.entries < 256 THEN a.entries ELSE 0 END + d.entries,
            earliest = CASE WHEN a.entries < 256 THEN least(a.earliest, since) ELSE since END,
            latest = CASE WHEN a.entries < 256 THEN greatest(a.latest, until) ELSE until END
        FROM delta d
        WHERE a.id = d.account AND a.asset = d.asset
          AND a.last_sequence = d.last_sequence - d.steps
          AND a.last_sequence # d.last_sequence = d.links
        RETURNING a.id, a.entries >= 256 AS filled
    )
    SELECT (SELECT count(*) FROM delta), count(*), array_agg(id) FILTER (WHERE filled)
"""

_CHANGE_ONE = """
          last_sequence = one.sequence,
          entries = CASE WHEN entries < 256 THEN entries ELSE 0 END + 1,
          earliest = CASE WHEN entries < 256 THEN least(earliest, since) ELSE since END,
          latest = CASE WHEN entries < 256 THEN greatest(latest, until) ELSE until END
"""

APPLY = f"""
CREATE FUNCTION public.ledger_apply() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- A plan is kept for a session: one made for a large batch must not scan all accounts for a small
-- one. (Keys serve a batch of 10,000 on 100,000 accounts better than a scan, too.)
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
  one public.ledger_transfer;
  total bigint; opening bigint; closing bigint; reversing bigint; newest bigint;
  wanted bigint; kept bigint; full_page boolean; since timestamptz; until timestamptz;
  pages bigint[];
BEGIN
  SELECT a.* INTO one FROM added a WHERE (SELECT count(*) FROM added) = 1;
  IF FOUND THEN
    total := (one.kind <> 0)::integer;
    opening := (one.kind = 2)::integer;
    closing := (one.kind IN (3, 4, 5))::integer;
    reversing := (one.kind = 6)::integer;
    newest := one.sequence; since := one.at; until := one.at;
  ELSE
    SELECT count(*), count(*) FILTER (WHERE kind = 2), count(*) FILTER (WHERE kind IN (3, 4, 5)),
           count(*) FILTER (WHERE kind = 6), max(sequence), min(at), max(at)
      INTO total, opening, closing, reversing, newest, since, until
      FROM added WHERE kind <> 0;
  END IF;
  IF total = 0 THEN
    RETURN NULL;
  END IF;
  -- A plain expression: a SELECT of last_value would cost a single posting a statement more.
  IF newest >> 20 > coalesce(pg_sequence_last_value('public.ledger_commit'), 0) THEN
    RAISE 'ledger: sequence % belongs to no commit', newest USING ERRCODE = '23000';
  END IF;

  IF one.id IS NOT NULL THEN
    -- A single posting: two accounts by their keys, in the order of their ids.
    wanted := CASE WHEN one.moved > 0 THEN 2 ELSE 1 END;
    kept := 0;
    FOR side IN 1 .. 2 LOOP
      IF (side = 1) = (one.debit < one.credit) THEN
        UPDATE public.ledger_account
          SET balance = balance - one.moved, reserved = reserved + one.held, {_CHANGE_ONE}
          WHERE id = one.debit AND asset = one.asset AND last_sequence = one.debit_before
          RETURNING entries >= 256 INTO full_page;
        IF full_page THEN pages := array_append(pages, one.debit); END IF;
      ELSIF one.moved > 0 THEN
        UPDATE public.ledger_account
          SET balance = balance + one.moved, {_CHANGE_ONE}
          WHERE id = one.credit AND asset = one.asset AND last_sequence = one.credit_before
          RETURNING entries >= 256 INTO full_page;
        IF full_page THEN pages := array_append(pages, one.credit); END IF;
      ELSE
        CONTINUE;
      END IF;
      kept := kept + CASE WHEN full_page IS NULL THEN 0 ELSE 1 END;
    END LOOP;
  ELSE
    {_CHANGE} INTO wanted, kept, pages FROM changed;
  END IF;
  IF wanted <> kept THEN
    RAISE 'ledger: an account does not exist, holds another asset, or has moved on'
      USING ERRCODE = '23000';
  END IF;
  IF pages IS NOT NULL THEN
    INSERT INTO public.ledger_folio (account, sequence, balance, reserved, earliest, latest)
      SELECT id, last_sequence, balance, reserved, earliest, latest
      FROM public.ledger_account WHERE id = ANY (pages);
  END IF;

  IF opening > 0 THEN
    INSERT INTO public.ledger_reservation
      (id, sequence, asset, debit, credit, amount, expires_at)
      SELECT n.id, n.sequence, n.asset, n.debit, n.credit, n.held, n.expires_at
      FROM added n JOIN public.ledger_account c ON c.id = n.credit AND c.asset = n.asset
      WHERE n.kind = 2;
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF kept <> opening THEN
      RAISE 'ledger: a receiving account does not exist or holds another asset'
        USING ERRCODE = '23000';
    END IF;
  END IF;
  IF closing > 0 THEN
    DELETE FROM public.ledger_reservation r USING added n
      WHERE n.kind IN (3, 4, 5) AND r.id = n.subject AND r.sequence < n.sequence
        AND r.asset = n.asset AND r.debit = n.debit AND r.credit = n.credit
        AND r.amount = -n.held
        AND CASE WHEN n.kind = 5 THEN n.at = r.expires_at
            ELSE r.expires_at IS NULL OR n.at < r.expires_at END;
    GET DIAGNOSTICS kept = ROW_COUNT;
    IF kept <> closing THEN
      RAISE 'ledger: a reservation is not open, has expired, or is another''s'
        USING ERRCODE = '23000';
    END IF;
  END IF;
  IF reversing > 0 AND EXISTS (
    SELECT FROM added n LEFT JOIN public.ledger_transfer o
      ON o.id = n.subject AND o.moved > 0 AND o.debit = n.credit AND o.credit = n.debit
        AND o.sequence < n.sequence
    WHERE n.kind = 6 AND (o.moved >= (
      SELECT sum(r.moved) FROM public.ledger_transfer r WHERE r.kind = 6 AND r.subject = n.subject
    )) IS NOT TRUE
  ) THEN
    RAISE 'ledger: a reversal does not fit what it reverses, or reverses more'
      USING ERRCODE = '23000';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.ledger_apply() FROM PUBLIC;

CREATE TRIGGER ledger_apply AFTER INSERT ON public.ledger_transfer
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_apply();
ALTER TABLE public.ledger_transfer ENABLE ALWAYS TRIGGER ledger_apply;
"""  # noqa: S608 made of constants

APPLY_BACK = """
DROP TRIGGER ledger_apply ON public.ledger_transfer;
DROP FUNCTION public.ledger_apply();
"""

APPEND_ONLY = """
CREATE FUNCTION public.ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE 'ledger: % is append-only', TG_TABLE_NAME USING ERRCODE = '23000';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.ledger_refusal
  FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.ledger_folio
  FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only();

REVOKE UPDATE, DELETE ON public.ledger_asset, public.ledger_transfer, public.ledger_refusal
  FROM hutan_app;
REVOKE INSERT, UPDATE, DELETE
  ON public.ledger_account, public.ledger_reservation, public.ledger_folio FROM hutan_app;
GRANT INSERT (asset, code, source, serialised) ON public.ledger_account TO hutan_app;
"""

APPEND_ONLY_BACK = """
DROP TRIGGER append_only ON public.ledger_folio;
DROP TRIGGER append_only ON public.ledger_refusal;
DROP TRIGGER append_only ON public.ledger_transfer;
DROP FUNCTION public.ledger_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(FORM, FORM_BACK),
        migrations.RunSQL(APPLY, APPLY_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
    ]

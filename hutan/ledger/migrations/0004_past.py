"""Reading backwards: an account's entries are chained, each naming the one before it.

Balances of the past are read back from the folio that follows, or from what the account has now.
Joins are by key alone: a plan that scans the history for one hop would do so for every hop.
"""

from django.db import migrations

WALK = """
-- The entries of an account from sequence "newest" back to "floor" (not included), newest first.
CREATE FUNCTION public.ledger_walk(account bigint, newest bigint, floor bigint, most bigint)
RETURNS SETOF public.ledger_transfer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
  WITH RECURSIVE walk AS (
    SELECT newest AS sequence, 0 AS place
    UNION ALL
    SELECT CASE WHEN t.debit = account THEN t.debit_before ELSE t.credit_before END, w.place + 1
    FROM walk w JOIN public.ledger_transfer t ON t.sequence = w.sequence
    WHERE w.place < most AND w.sequence > floor
  )
  SELECT t.* FROM walk w JOIN public.ledger_transfer t ON t.sequence = w.sequence
  WHERE w.place < most AND w.sequence > floor
  ORDER BY t.sequence DESC
$$;
"""

AS_OF_SEQUENCE = """
CREATE FUNCTION public.ledger_as_of_sequence(accounts bigint[], until bigint)
RETURNS TABLE (account bigint, balance bigint, reserved bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
  WITH RECURSIVE walk AS (
    SELECT a.id, coalesce(f.sequence, a.last_sequence) AS sequence,
           coalesce(f.balance, a.balance) AS balance,
           coalesce(f.reserved, a.reserved) AS reserved
    FROM public.ledger_account a
    LEFT JOIN LATERAL (
      SELECT * FROM public.ledger_folio f
      WHERE f.account = a.id AND f.sequence >= until ORDER BY f.sequence LIMIT 1
    ) AS f ON true
    WHERE a.id = ANY (accounts)
    UNION ALL
    SELECT w.id, CASE WHEN t.debit = w.id THEN t.debit_before ELSE t.credit_before END,
           w.balance + CASE WHEN t.debit = w.id THEN t.moved ELSE -t.moved END,
           w.reserved - CASE WHEN t.debit = w.id THEN t.held ELSE 0 END
    FROM walk w JOIN public.ledger_transfer t ON t.sequence = w.sequence
    WHERE w.sequence > until
  )
  SELECT w.id, w.balance, w.reserved FROM walk w WHERE w.sequence <= until
$$;
"""

AS_OF_MOMENT = """
-- Start at the first page with an entry after the moment: all pages before it count whole. Take
-- from its end what is after the moment, and add what later pages have for the moment or earlier.
CREATE FUNCTION public.ledger_as_of_moment(accounts bigint[], until timestamptz)
RETURNS TABLE (account bigint, balance bigint, reserved bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
  WITH RECURSIVE page AS (
    SELECT f.account, f.sequence, f.balance, f.reserved, f.earliest, f.latest
    FROM public.ledger_folio f WHERE f.account = ANY (accounts)
    UNION ALL
    SELECT a.id, a.last_sequence, a.balance, a.reserved, a.earliest, a.latest
    FROM public.ledger_account a
    WHERE a.id = ANY (accounts) AND a.entries BETWEEN 1 AND 255
  ), start AS (
    SELECT DISTINCT ON (p.account) p.account, p.sequence, p.balance, p.reserved
    FROM page p WHERE p.latest > until ORDER BY p.account, p.sequence
  ), part AS (
    SELECT s.account, s.sequence, true AS is_first FROM start s
    UNION ALL
    SELECT p.account, p.sequence, false FROM page p JOIN start s ON s.account = p.account
    WHERE p.sequence > s.sequence AND p.earliest <= until
  ), walk AS (
    SELECT p.account, p.is_first, p.sequence, 0::bigint AS moved, 0::bigint AS held, coalesce((
      SELECT max(f.sequence) FROM public.ledger_folio f
      WHERE f.account = p.account AND f.sequence < p.sequence
    ), 0) AS floor
    FROM part p
    UNION ALL
    SELECT w.account, w.is_first,
           CASE WHEN t.debit = w.account THEN t.debit_before ELSE t.credit_before END,
           w.moved + CASE WHEN w.is_first <> (t.at > until) THEN 0
                          WHEN w.is_first = (t.debit = w.account) THEN t.moved
                          ELSE -t.moved END,
           w.held + CASE WHEN w.is_first <> (t.at > until) OR t.debit <> w.account THEN 0
                         WHEN w.is_first THEN -t.held
                         ELSE t.held END,
           w.floor
    FROM walk w JOIN public.ledger_transfer t ON t.sequence = w.sequence
    WHERE w.sequence > w.floor
  ), correction AS (
    SELECT w.account, public.ledger_net(w.moved) AS moved, public.ledger_net(w.held) AS held
    FROM walk w WHERE w.sequence <= w.floor GROUP BY w.account
  )
  SELECT a.id, coalesce(s.balance, a.balance) + coalesce(c.moved, 0),
         coalesce(s.reserved, a.reserved) + coalesce(c.held, 0) - coalesce((
           -- What had expired by then but is not swept yet.
           SELECT public.ledger_net(r.amount) FROM public.ledger_reservation r
           WHERE r.debit = a.id AND r.expires_at <= until
         ), 0)
  FROM public.ledger_account a
  LEFT JOIN start s ON s.account = a.id
  LEFT JOIN correction c ON c.account = a.id
  WHERE a.id = ANY (accounts)
$$;
"""

GRANTS = """
REVOKE ALL ON FUNCTION
  public.ledger_walk(bigint, bigint, bigint, bigint),
  public.ledger_as_of_sequence(bigint[], bigint),
  public.ledger_as_of_moment(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  public.ledger_walk(bigint, bigint, bigint, bigint),
  public.ledger_as_of_sequence(bigint[], bigint),
  public.ledger_as_of_moment(bigint[], timestamptz) TO hutan_app;
"""

BACK = """
DROP FUNCTION public.ledger_as_of_moment(bigint[], timestamptz);
DROP FUNCTION public.ledger_as_of_sequence(bigint[], bigint);
DROP FUNCTION public.ledger_walk(bigint, bigint, bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_single_postings")]

    operations = [migrations.RunSQL(WALK + AS_OF_SEQUENCE + AS_OF_MOMENT + GRANTS, BACK)]

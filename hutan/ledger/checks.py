"""Recompute everything from the history and name the first thing that disagrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hutan.ledger import rows


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What does not add up: which check, which thing, what the history says, what is recorded."""

    check: str
    thing: str
    computed: str
    recorded: str


_ENTRIES: Final = """
WITH entry AS (
  SELECT debit AS account, sequence, asset, -moved AS moved, held, debit_before AS before
  FROM public.ledger_transfer WHERE kind <> 0
  UNION ALL
  SELECT credit, sequence, asset, moved, 0, credit_before
  FROM public.ledger_transfer WHERE moved > 0
), running AS (
  SELECT entry.*, lag(sequence, 1, 0::bigint) OVER chain AS previous,
         sum(moved) OVER chain AS balance, sum(held) OVER chain AS reserved
  FROM entry WINDOW chain AS (PARTITION BY account ORDER BY sequence)
)
"""

_CHECKS: Final = {
    "an asset sums to zero": """
        SELECT s.code, '0', sum(a.balance)::text
        FROM public.ledger_account a JOIN public.ledger_asset s ON s.id = a.asset
        GROUP BY s.code HAVING sum(a.balance) <> 0 ORDER BY s.code LIMIT 1
    """,
    "entries move the asset of their account": """
        SELECT entry.sequence::text, a.asset::text, entry.asset::text
        FROM entry LEFT JOIN public.ledger_account a ON a.id = entry.account
        WHERE entry.asset IS DISTINCT FROM a.asset ORDER BY entry.sequence LIMIT 1
    """,
    "each entry names the one before it": """
        SELECT account || ' at ' || sequence, previous::text, before::text
        FROM running WHERE previous IS DISTINCT FROM before ORDER BY sequence LIMIT 1
    """,
    "no account was below zero": """
        SELECT running.account || ' at ' || sequence, 'at least 0',
               (running.balance - running.reserved)::text
        FROM running JOIN public.ledger_account a ON a.id = running.account
        WHERE NOT a.source AND running.balance < running.reserved OR running.reserved < 0
        ORDER BY sequence LIMIT 1
    """,
    "balances are the sums of their entries": """
        SELECT a.id::text,
               format('%s, %s reserved, last %s', coalesce(e.balance, 0),
                      coalesce(e.reserved, 0), coalesce(e.last, 0)),
               format('%s, %s reserved, last %s', a.balance, a.reserved, a.last_sequence)
        FROM public.ledger_account a FULL JOIN (
          SELECT account, sum(moved) AS balance, sum(held) AS reserved, max(sequence) AS last
          FROM entry GROUP BY account
        ) AS e ON e.account = a.id
        WHERE (a.balance, a.reserved, a.last_sequence) IS DISTINCT FROM
              (coalesce(e.balance, 0), coalesce(e.reserved, 0), coalesce(e.last, 0))
        ORDER BY a.id LIMIT 1
    """,
    "folios are the balances at their entries": """
        SELECT f.account || ' at ' || f.sequence,
               format('%s, %s reserved', r.balance, r.reserved),
               format('%s, %s reserved', f.balance, f.reserved)
        FROM public.ledger_folio f
        LEFT JOIN running r ON r.account = f.account AND r.sequence = f.sequence
        WHERE (f.balance, f.reserved) IS DISTINCT FROM (r.balance, r.reserved)
        ORDER BY f.sequence, f.account LIMIT 1
    """,
    "reservations end once, as they were made": """
        SELECT c.id::text, format('%s to %s, %s', r.debit, r.credit, r.held),
               format('%s to %s, %s', c.debit, c.credit, -c.held)
        FROM public.ledger_transfer c
        LEFT JOIN public.ledger_transfer r ON r.id = c.subject AND r.kind = 2
        WHERE c.kind IN (3, 4, 5) AND (
          (c.debit, c.credit, -c.held) IS DISTINCT FROM (r.debit, r.credit, r.held)
          OR c.sequence <= r.sequence
          OR EXISTS (SELECT FROM public.ledger_transfer o WHERE o.subject = c.subject
                     AND o.kind IN (3, 4, 5) AND o.sequence < c.sequence))
        ORDER BY c.sequence LIMIT 1
    """,
    "open reservations are those that have not ended": """
        SELECT coalesce(h.id, r.id)::text, coalesce(h.held::text, 'none'),
               coalesce(r.amount::text, 'none')
        FROM (
          SELECT id, debit, credit, held, expires_at, sequence FROM public.ledger_transfer t
          WHERE kind = 2 AND NOT EXISTS (
            SELECT FROM public.ledger_transfer c WHERE c.subject = t.id AND c.kind IN (3, 4, 5))
        ) AS h FULL JOIN public.ledger_reservation r ON r.id = h.id
        WHERE (h.debit, h.credit, h.held, h.expires_at, h.sequence) IS DISTINCT FROM
              (r.debit, r.credit, r.amount, r.expires_at, r.sequence)
        ORDER BY coalesce(h.sequence, r.sequence) LIMIT 1
    """,
    "reversals fit what they reverse": """
        SELECT v.subject::text, coalesce(max(o.moved)::text, 'none'), sum(v.moved)::text
        FROM public.ledger_transfer v LEFT JOIN public.ledger_transfer o
          ON o.id = v.subject AND o.debit = v.credit AND o.credit = v.debit
             AND o.sequence < v.sequence
        WHERE v.kind = 6
        GROUP BY v.subject
        HAVING sum(v.moved) > coalesce(max(o.moved), 0) OR count(*) <> count(o.id)
        ORDER BY min(v.sequence) LIMIT 1
    """,
    "every refused id has its refusal": """
        SELECT coalesce(t.id, r.id)::text, 'a refusal', coalesce(r.code, 'none')
        FROM (SELECT id FROM public.ledger_transfer WHERE kind = 0) AS t
        FULL JOIN public.ledger_refusal r ON r.id = t.id
        WHERE t.id IS NULL OR r.id IS NULL LIMIT 1
    """,
}


def first_disagreement() -> Disagreement | None:
    """Recompute all balances, chains, folios and reservations; return the first that disagrees.

    ``None`` means that everything agrees. Reads the whole history, check by check.
    """
    cursor = rows.cursor()
    for check, query in _CHECKS.items():
        cursor.execute(_ENTRIES + query)
        if row := cursor.fetchone():
            return Disagreement(check, *row)
    return None

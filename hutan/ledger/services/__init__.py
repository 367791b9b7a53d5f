"""The ledger's verbs, the only writers. Each works inside the caller's transaction.

``post`` takes a batch and answers each instruction exactly in order; ``post_one`` gives the same
answers for one instruction with a single call of the database. Both return refusals as answers, so
that these are remembered; ``all_posted`` raises them for a caller who wants all or nothing.

Do all postings of one act in one call: a call takes its locks in the order of account ids, and two
calls in one transaction would take them in the order of the calls.
"""

from hutan.ledger.domain.instructions import (
    LARGEST,
    Instruction,
    Kind,
    Post,
    Posted,
    Reserve,
    Reverse,
    Transfer,
    Void,
)
from hutan.ledger.services.batches import Answer, all_posted, post
from hutan.ledger.services.opening import Account, Asset, Opening, open_accounts, open_asset
from hutan.ledger.services.singles import expire, post_one

__all__ = [
    "LARGEST",
    "Account",
    "Answer",
    "Asset",
    "Instruction",
    "Kind",
    "Opening",
    "Post",
    "Posted",
    "Reserve",
    "Reverse",
    "Transfer",
    "Void",
    "all_posted",
    "expire",
    "open_accounts",
    "open_asset",
    "post",
    "post_one",
]

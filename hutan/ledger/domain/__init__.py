"""Pure decisions of the ledger: plain records and functions, no Django, no clock."""

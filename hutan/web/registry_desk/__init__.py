"""The registry desk: accounts, freezes, waiting transfers, issue, reversals, mergers and splits."""

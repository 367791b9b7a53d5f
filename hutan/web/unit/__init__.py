"""A unit and its people: the year, the accounts, surrender and transfers as acts of two people."""

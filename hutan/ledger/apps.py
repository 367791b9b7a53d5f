from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "hutan.ledger"
    label = "ledger"

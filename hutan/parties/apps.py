from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "hutan.parties"
    label = "parties"

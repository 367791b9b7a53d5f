from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    name = "hutan.transparency"
    label = "transparency"

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "hutan.clock"
    label = "clock"

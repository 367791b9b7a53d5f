from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "hutan.web"
    label = "web"

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "hutan.registry"
    label = "registry"

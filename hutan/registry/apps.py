from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "hutan.registry"
    label = "registry"

    def ready(self) -> None:
        """Enter the registry's acts in the table of acts."""
        from hutan.registry.acts import declare_acts

        declare_acts()

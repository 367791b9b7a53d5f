from django.apps import AppConfig
from django.conf import settings


class PlatformConfig(AppConfig):
    name = "hutan.config"
    label = "platform"

    def ready(self) -> None:
        """Connect the platform: what follows from what, and who stands behind which port."""
        from hutan.flows import connect
        from hutan.integrations.wiring import connect_simulators

        connect()
        if settings.SIMULATED_NEIGHBOURS is not None:
            connect_simulators(settings.SIMULATED_NEIGHBOURS)

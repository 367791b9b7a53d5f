from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "hutan.web"
    label = "web"

    def ready(self) -> None:
        """Let the pages read what the packages below know."""
        from hutan.web.sources import fill_seams

        fill_seams()

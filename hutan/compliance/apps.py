from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "hutan.compliance"
    label = "compliance"

    def ready(self) -> None:
        """Enter this context's acts in the table of acts."""
        from hutan.compliance.acts import declare_acts

        declare_acts()

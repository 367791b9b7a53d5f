from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "hutan.compliance"
    label = "compliance"

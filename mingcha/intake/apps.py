"""Registers the app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """数据报送."""

    name = "mingcha.intake"
    verbose_name = "数据报送"
    default_auto_field = "django.db.models.BigAutoField"

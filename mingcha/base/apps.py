"""Registers the app."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Sealing, audit, jobs, outbox."""

    name = "mingcha.base"
    verbose_name = "基础"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the recurring work."""
        from mingcha.base import housekeeping  # noqa: F401

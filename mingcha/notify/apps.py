"""Registers the app."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """通知."""

    name = "mingcha.notify"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the recurring work and what sends."""
        from mingcha.notify import jobs  # noqa: F401

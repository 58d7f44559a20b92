"""Registers the app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """数据报送."""

    name = "mingcha.intake"
    verbose_name = "数据报送"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what is sealed."""
        from mingcha.intake import holdings  # noqa: F401

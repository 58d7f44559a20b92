"""Registers the app."""

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """投诉与线索."""

    name = "mingcha.complaints"
    verbose_name = "投诉与线索"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the kind known, what is sealed, and what keeps cases from the archive."""
        from mingcha.complaints import holdings, keeping, kind  # noqa: F401

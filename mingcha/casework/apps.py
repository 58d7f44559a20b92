"""Registers the app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """督办整改."""

    name = "mingcha.casework"
    verbose_name = "督办整改"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the kinds known, and what keeps cases from the archive."""
        from mingcha.casework import keeping, tables  # noqa: F401

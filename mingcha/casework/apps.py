"""Registers the app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """督办整改."""

    name = "mingcha.casework"
    verbose_name = "督办整改"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the kinds known."""
        from mingcha.casework import tables  # noqa: F401  declares them

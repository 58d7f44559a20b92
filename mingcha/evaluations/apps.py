"""Registers the app."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """Ratings 好差评."""

    name = "mingcha.evaluations"
    verbose_name = "好差评"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what is sealed and what keeps cases from the archive, and make the kind of casework known."""
        from mingcha.evaluations import holdings, keeping, loop  # noqa: F401

"""Registers the app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """预警与红牌."""

    name = "mingcha.alerts"
    verbose_name = "预警与红牌"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what keeps cases from the archive and what is sealed; reporting days go by the calendar in force."""
        from mingcha.alerts import evidence, keeping  # noqa: F401
        from mingcha.alerts.law import law_in_force
        from mingcha.intake import workdays

        workdays.provide_calendar(lambda: law_in_force()[1])

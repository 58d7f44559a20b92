"""Registers the app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """预警与红牌."""

    name = "mingcha.alerts"
    verbose_name = "预警与红牌"
    default_auto_field = "django.db.models.BigAutoField"

"""Registers the app."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """公示."""

    name = "mingcha.disclosure"
    verbose_name = "公示"
    default_auto_field = "django.db.models.BigAutoField"

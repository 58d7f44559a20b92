"""Registers the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """人员."""

    name = "mingcha.accounts"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

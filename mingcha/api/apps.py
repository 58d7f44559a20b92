"""Registers the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """网络服务."""

    name = "mingcha.api"
    verbose_name = "网络服务"
    default_auto_field = "django.db.models.BigAutoField"

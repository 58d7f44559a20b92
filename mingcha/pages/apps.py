"""Registers the app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The pages."""

    name = "mingcha.pages"
    verbose_name = "页面"
    default_auto_field = "django.db.models.BigAutoField"

"""Registers the app."""

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class AccountsConfig(AppConfig):
    """人员."""

    name = "mingcha.accounts"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job that verifies the audit, and what is sealed; refuse a setting that would silently
        protect nobody."""
        from mingcha.accounts import sealed_secrets, verifying  # noqa: F401
        from mingcha.accounts.models import Role
        from mingcha.base.config import config

        if unknown := set(config().second_factor) - set(Role.values):
            names = "、".join(sorted(unknown))
            raise ImproperlyConfigured(
                f"设置 second_factor 里没有这样的角色:{names};可用:{'、'.join(Role.values)}"
            )

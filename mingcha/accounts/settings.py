"""Django's settings of everything about signing in, taken into `server.settings` in one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mingcha.base.config import Config

LOGIN_APPS = [
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
LOGIN_MIDDLEWARE = [
    "mingcha.accounts.sessions.keep_session",  # after AuthenticationMiddleware
    "mingcha.accounts.trail.leave_trail",
    "allauth.account.middleware.AccountMiddleware",
]


def login_settings(config: Config) -> dict[str, Any]:
    """Name -> value."""
    return {
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "/",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "django.contrib.auth.backends.ModelBackend",
        ],
        **_passwords(),
        **_sessions(),
        **_lockout(config),
        **_second_factor(config),
        **_oidc(config),
    }


def _passwords() -> dict[str, Any]:
    django = "django.contrib.auth.password_validation"
    return {
        # scrypt needs memory as well as time to try; the other one stays readable.
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.ScryptPasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{django}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
            {"NAME": "mingcha.accounts.passwords.Classes"},
            {
                "NAME": f"{django}.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("username", "name", "email", "phone")},
            },
            {"NAME": f"{django}.CommonPasswordValidator"},
            {"NAME": "mingcha.accounts.passwords.NotUsedBefore"},
        ],
    }


def _sessions() -> dict[str, Any]:
    return {
        "SESSION_COOKIE_AGE": 12 * 3600,  # a working day at most; idleness ends it sooner (`sessions`)
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_SAMESITE": "Lax",  # Strict would lose the session on the way back from OIDC
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_USE_SESSIONS": False,
    }


def _lockout(config: Config) -> dict[str, Any]:
    return {
        "AXES_HANDLER": "axes.handlers.database.AxesDatabaseHandler",
        "AXES_FAILURE_LIMIT": config.lock_after,
        "AXES_COOLOFF_TIME": timedelta(minutes=config.lock_minutes),
        # By account alone: an office shares one address, and an attacker has many. A name that does not exist
        # locks like one that does.
        "AXES_LOCKOUT_PARAMETERS": ["username"],
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
        "AXES_DISABLE_ACCESS_LOG": True,  # the audit has it
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
        # The login page answers by itself, and locks accounts, not addresses (above).
        "SILENCED_SYSTEM_CHECKS": ["axes.W002", "axes.W006"],
        "AXES_CLIENT_IP_CALLABLE": "mingcha.accounts.address.address",
    }


def _second_factor(config: Config) -> dict[str, Any]:
    return {
        "MFA_ADAPTER": "mingcha.accounts.second_factor.Adapter",
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_TOTP_ISSUER": config.site_name,
        "MFA_TOTP_TOLERANCE": 1,  # a clock that is half a minute off
    }


def _oidc(config: Config) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_ADAPTER": "mingcha.accounts.oidc.Adapter",
        "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a form could not be sent on to another host: form-action 'self'
        "SOCIALACCOUNT_STORE_TOKENS": False,
    }
    if not config.oidc_server:
        return settings
    app = {
        "provider_id": "site",
        "name": config.oidc_name,
        "client_id": config.oidc_client,
        "secret": config.oidc_secret.get_secret_value(),
        "settings": {"server_url": config.oidc_server, "oauth_pkce_enabled": True},
    }
    return settings | {"SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [app]}}}

"""Django's settings, made from `base.config`."""

from __future__ import annotations

from pathlib import Path

from mingcha.accounts.settings import LOGIN_APPS, LOGIN_MIDDLEWARE, login_settings
from mingcha.base.config import config
from mingcha.base.logs import logging_settings
from mingcha.base.metrics_folder import share
from mingcha.base.secret import own_secret
from mingcha.server.database import database

_config = config()
_package = Path(__file__).parents[1]

SECRET_KEY = own_secret(_config.home, "django")
DEBUG = _config.debug
ALLOWED_HOSTS = _config.allowed_hosts
ROOT_URLCONF = "mingcha.server.urls"
WSGI_APPLICATION = "mingcha.server.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    *LOGIN_APPS,
    "mingcha.base",
    "mingcha.accounts",
    "mingcha.intake",
    "mingcha.alerts",
    "mingcha.casework",
    "mingcha.notify",
    "mingcha.evaluations",
    "mingcha.complaints",
    "mingcha.disclosure",
    "mingcha.api",
    "mingcha.pages",
]
MIDDLEWARE = [
    "mingcha.base.metrics.measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mingcha.pages.compressing.compressed",
    "mingcha.api.limits.limits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mingcha.api.limits.strangers",
    "django.contrib.messages.middleware.MessageMiddleware",
    *LOGIN_MIDDLEWARE,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mingcha.pages.headers.security_headers",
    "mingcha.pages.shortage.Shortage",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_package / "pages"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingcha.pages.shell.shell",
            ],
            "builtins": ["django.templatetags.static", "mingcha.pages.templatetags.words"],
        },
    }
]

DATABASES = {"default": database(_config)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Account"
globals().update(login_settings(_config))

share(_config.home)
LOGGING = logging_settings(_config.log_level.upper())

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = _config.home.resolve() / "static"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mingcha.server.static_files.HashedFiles"},
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _config.https
SESSION_COOKIE_HTTPONLY = True
if _config.https:  # the proxy sets the header itself, whatever came from outside (deploy/nginx.conf)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

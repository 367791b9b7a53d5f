"""Django settings. Everything that differs between places comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hutan.config.web import *  # noqa: F403 one name space of settings, kept in two files
from hutan.runtime.postgres import APP, OWNER

ROOT = Path(__file__).resolve().parent.parent.parent

ENVIRONMENT = os.environ.get("HUTAN_ENV", "demo")
"""``production``, ``demo`` (the demonstration city) or ``test``."""

DEBUG = False
SECRET_KEY = os.environ.get("HUTAN_SECRET_KEY", "insecure-demonstration-key")
ALLOWED_HOSTS = os.environ.get("HUTAN_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "hutan.clock",
    "hutan.transparency",
    "hutan.ledger",
    "hutan.parties",
    "hutan.registry",
    "hutan.compliance",
    "hutan.web",
    "django_htmx",
]

AUTH_USER_MODEL = "parties.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]


def database_settings(url: str) -> dict[str, object]:
    """Return what Django needs to reach ``url``."""
    parts = urlsplit(url)
    # The socket folder of the embedded server stands percent-encoded where a host name would.
    netloc_host = parts.netloc.rpartition("@")[2]
    host = unquote(netloc_host) if netloc_host.lower().startswith("%2f") else (parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": "" if host.startswith("/") else str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    # The serving role: it can append to history, never change it.
    "default": database_settings(
        os.environ.get("DATABASE_URL", f"postgresql://{APP}@localhost/hutan")
    ),
    # The migrating role owns the tables and is used by migrations alone.
    "owner": database_settings(
        os.environ.get("HUTAN_OWNER_URL", f"postgresql://{OWNER}@localhost/hutan")
    ),
}

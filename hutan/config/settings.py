"""Django settings. Everything that differs between places comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "hutan.clock",
    "hutan.transparency",
    "hutan.ledger",
    "hutan.parties",
    "hutan.registry",
    "hutan.compliance",
    "hutan.web",
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


if ENVIRONMENT == "test":
    # Tests make hundreds of logins; what guards their passwords is not what is tested.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

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

# The public log (docs/log-format.md): its name, its suite (fixed at birth), and where its key is.
DATA = Path(os.environ.get("HUTAN_DATA", ROOT / "var"))
LOG_ORIGIN = os.environ.get("HUTAN_LOG_ORIGIN", "hutan.example/log")
LOG_SUITE = os.environ.get("HUTAN_LOG_SUITE", "sha256-ed25519")
LOG_KEY = os.environ.get("HUTAN_LOG_KEY", "")
LOG_KEY_FILE = Path(os.environ.get("HUTAN_LOG_KEY_FILE", DATA / "secrets" / "log.key"))
LOG_HEADS = Path(os.environ.get("HUTAN_LOG_HEADS", DATA / "log-heads"))

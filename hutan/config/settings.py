"""Django settings. Everything that differs between places comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from hutan.config.web import *  # noqa: F403 one name space of settings, kept in two files
from hutan.runtime.postgres import APP, OWNER

ROOT = Path(__file__).resolve().parent.parent.parent

ENVIRONMENT = os.environ.get("HUTAN_ENV", "demo")
"""``production``, ``demo`` (the demonstration city) or ``test``."""

DEBUG = False
SECRET_KEY = os.environ.get("HUTAN_SECRET_KEY") or "insecure-demonstration-key"
if "HUTAN_SECRET_KEY_FILE" in os.environ:
    SECRET_KEY = Path(os.environ["HUTAN_SECRET_KEY_FILE"]).read_text().strip()
PRODUCTION = ENVIRONMENT == "production"
ALLOWED_HOSTS = [
    host
    for host in os.environ.get(
        "HUTAN_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver"
    ).split(",")
    if host
]
ROOT_URLCONF = "hutan.config.urls"
WSGI_APPLICATION = "hutan.config.wsgi.application"
# Called by name, since the commands stand below this package and may not import it.
BEFORE_SERVING = "hutan.config.checks.refuse_unsafe"
HAND_OUT_SECOND_FACTOR = "hutan.web.signin.services.hand_out_second_factor"

# Held by hutan.config.checks: production does not start with any of these changed.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

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
    # Last: it connects the others.
    "hutan.config",
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
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = str(options.pop("host", host))
    # Any session, role or database may set this off; the start of a connection overrides them all.
    options["options"] = f"{options.get('options', '')} -c synchronous_commit=on".strip()
    # The few statements of the ledger that ask for it are planned once a connection; the rest is
    # sent with its values written in, and never prepared.
    options["prepare_threshold"] = 5
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": "" if host.startswith("/") else str(parts.port or ""),
        "OPTIONS": options,
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
DEMONSTRATION_LOG = "hutan.example/log"
LOG_ORIGIN = os.environ.get("HUTAN_LOG_ORIGIN", DEMONSTRATION_LOG)
LOG_SUITE = os.environ.get("HUTAN_LOG_SUITE", "sha256-ed25519")
LOG_KEY = os.environ.get("HUTAN_LOG_KEY", "")
LOG_KEY_FILE = Path(os.environ.get("HUTAN_LOG_KEY_FILE", DATA / "secrets" / "log.key"))
LOG_HEADS = Path(os.environ.get("HUTAN_LOG_HEADS", DATA / "log-heads"))

# Where simulators of other registers keep what they know. None: nothing stands behind their ports,
# and what needs them is refused; tests connect their own.
SIMULATED_NEIGHBOURS = DATA / "neighbours" if ENVIRONMENT == "demo" else None

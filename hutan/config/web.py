"""Settings of pages and API, apart from the others so that each file stays readable.

``settings.py`` takes them all over. What differs between places comes from the environment.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent
_PRODUCTION = os.environ.get("HUTAN_ENV", "demo") == "production"
_SECURE = os.environ.get("HUTAN_HTTPS", "1" if _PRODUCTION else "0") == "1"

ROOT_URLCONF = "hutan.config.urls"
APPEND_SLASH = False

MIDDLEWARE = [
    "hutan.web.middleware.reference.ReferenceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "hutan.web.assets.StaticFilesMiddleware",
    "hutan.web.middleware.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hutan.web.middleware.language.LanguageMiddleware",
    "hutan.web.middleware.failures.FailureMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hutan.web.middleware.gate.GateMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "hutan.web.context.page",
            ],
            # Every template speaks two languages, so nobody has to load the tags for it.
            "builtins": [
                "django.templatetags.static",
                "hutan.web.templatetags.languages",
                "hutan.web.templatetags.figures",
                "hutan.web.templatetags.components",
            ],
        },
    }
]

# --- Static files: a hash in each name, cached for good ---

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("HUTAN_STATIC_ROOT", str(_ROOT / "var" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "hutan.web.assets.HashedFiles"},
}
# Before `collectstatic` has run (tests, a first look) the files are served from where they stand.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Sign-in ---

# scrypt is memory-hard like Argon2id and comes with Python's own OpenSSL (docs/decisions/0402).
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign_in"

SESSION_ENGINE = "hutan.web.signin.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"

CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
CSRF_FAILURE_VIEW = "hutan.web.failures.csrf_failure"
CSRF_TRUSTED_ORIGINS = [
    origin for origin in os.environ.get("HUTAN_ORIGINS", "").split(",") if origin
]

HUTAN_SIGN_IN = {
    # How many failures lock, and how long a session may idle, stands in the rulebook; the rest no
    # text gives.
    "lock": timedelta(minutes=15),
    "lock_longest": timedelta(hours=24),
    "second_step": timedelta(minutes=10),
    "longest_session": timedelta(hours=12),
    "step_up": timedelta(minutes=5),
}
HUTAN_PROXIES = int(os.environ.get("HUTAN_PROXIES", "0"))
"""How many reverse proxies of ours stand in front and append to X-Forwarded-For."""

# --- Transport and size ---

SECURE_SSL_REDIRECT = _SECURE and os.environ.get("HUTAN_HTTPS_REDIRECT", "0") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HUTAN_PROXIES else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Language ---

USE_I18N = True
USE_THOUSAND_SEPARATOR = False

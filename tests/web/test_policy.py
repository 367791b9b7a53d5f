"""The headers that tell browsers what our pages may do."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

PATHS = ["/", "/sign-in", "/nowhere", "/static/web/js/page.js", "/api/v1/health", "/styleguide"]


def directives(header: str) -> dict[str, set[str]]:
    """Return a content policy by directive."""
    parts = (part.split() for part in header.split(";"))
    return {name: set(values) for name, *values in parts}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_policy(db: None, client: Client, path: str) -> None:
    """Pages, files, failures, API: no inline script or style, no eval, no frame, no plug-in."""
    headers = client.get(path).headers
    if not path.startswith("/static/"):
        policy = directives(headers["Content-Security-Policy"])
        assert policy["default-src"] == {"'none'"}
        assert policy["script-src"] == policy["style-src"] == {"'self'"}
        assert policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
        assert policy["form-action"] == {"'self'"}
        assert not any("unsafe" in value for values in policy.values() for value in values)
        assert headers["X-Frame-Options"] == "DENY"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Reference"]


def test_a_signed_in_page_is_never_kept(signed_in: Client) -> None:
    """Not by the browser, not by anything between."""
    assert "no-store" in signed_in.get("/security").headers["Cache-Control"]
    assert "no-store" in signed_in.get("/").headers["Cache-Control"]


def test_sign_in_pages_are_never_kept(db: None, client: Client) -> None:
    """Nor is what leads there."""
    assert "no-store" in client.get("/sign-in").headers["Cache-Control"]


def test_production_insists_on_https() -> None:
    """HSTS for a year with subdomains, cookies bound to this host and to HTTPS."""
    import os
    import subprocess
    import sys

    script = (
        "from hutan.config import web as s;"
        "print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SESSION_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "HUTAN_ENV": "production"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert printed.split() == ["31536000", "True", "__Host-session", "True", "__Host-csrf", "True"]


@override_settings(SECURE_HSTS_SECONDS=31536000)
def test_hsts_is_sent_over_https(db: None, client: Client) -> None:
    """Where it is set, it is sent."""
    answer = client.get("/how-it-works", secure=True)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")

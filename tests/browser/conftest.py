"""A live server and the system's Chromium; the tests skip, with the reason, where there is none."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # As root there is no sandbox to be had; the tests only open pages of our own.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"

# Playwright's loop runs in this thread, and Django would refuse our own queries beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser, and skip it where there is none."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: a failing test shows the page."""


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collect the static files once, so that pages name them by their hashes as in production."""
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=str(root)):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


@pytest.fixture
def live(committed_db: str, collected: Path) -> Iterator[str]:
    """Serve the platform on a free port of the loopback; return its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override=None)
    with override_settings(STATIC_ROOT=str(collected), WHITENOISE_USE_FINDERS=False):
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@dataclass
class Watched:
    """A page together with everything it complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of ours and wait until its scripts have run."""
        self.page.goto(self.address + path, wait_until="load")

    def violations(self) -> list[str]:
        """Return what axe finds on the page as it stands."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']})"
        )
        return [
            f"{one['id']}: {one['help']}: "
            + "; ".join(f"{node['html'][:160]} {node['failureSummary']}" for node in one["nodes"])
            for one in found["violations"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the screen."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


def _note_failed(watched: Watched, address: str, failure: str | None) -> None:
    # A page left before its last picture arrived has not failed.
    if failure != "net::ERR_ABORTED":
        watched.complaints.append(f"failed: {address}: {failure}")


def watch(context: BrowserContext, address: str) -> Watched:
    """Open a page that keeps what the console and the content policy complain about."""
    watched = Watched(context.new_page(), address)
    watched.page.on(
        "console",
        lambda message: (
            watched.complaints.append(message.text)
            if message.type in ("error", "warning")
            else None
        ),
    )
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on(
        "requestfailed", lambda request: _note_failed(watched, request.url, request.failure)
    )
    return watched


@pytest.fixture
def desk(browser: Browser, live: str) -> Iterator[Watched]:
    """A desk: 1280 by 800, Chinese."""
    with browser.new_context(viewport=DESK, locale="zh-CN") as context:
        yield watch(context, live)


@pytest.fixture
def phone(browser: Browser, live: str) -> Iterator[Watched]:
    """A phone: 390 by 844."""
    with browser.new_context(viewport=PHONE, has_touch=True, locale="zh-CN") as context:
        yield watch(context, live)

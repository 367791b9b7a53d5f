"""Vendored files are what their manifest says, licensed, small, and served with hashed names."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256, sha384
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory, override_settings

from hutan.web.assets import HashedFiles, StaticFilesMiddleware

ROOTS = [
    Path("hutan/web/static/vendor"),
    Path("hutan/web/documents/fonts"),
    Path("tests/browser/vendor"),
]
PACKAGES = sorted(path for root in ROOTS for path in root.iterdir() if path.is_dir())


def _manifest(root: Path) -> dict[str, dict[str, object]]:
    read: dict[str, dict[str, object]] = json.loads((root / "manifest.json").read_text("utf-8"))
    return read


@pytest.mark.parametrize("root", ROOTS, ids=str)
def test_every_vendored_file_has_the_hash_it_came_with(root: Path) -> None:
    """Nothing was changed, added or left out since the manifest was written."""
    found = {
        str(path.relative_to(root)): {
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "sha384": sha384(path.read_bytes()).hexdigest(),
        }
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    kept = {
        f"{package}/{name}": hashes
        for package, described in _manifest(root).items()
        for name, hashes in described["files"].items()  # type: ignore[attr-defined]
    }
    assert found == kept


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_package_has_its_licence_beside_it(package: Path) -> None:
    """With its name, version, source and licence in the manifest."""
    described = _manifest(package.parent)[package.name]
    assert (package / "LICENSE").stat().st_size > 300
    assert package.name == f"{described['name']}-{described['version']}"
    allowed = {"MIT", "0BSD", "Apache-2.0", "OFL-1.1"}
    if package.parent == ROOTS[2]:
        allowed = {"MPL-2.0"}
    assert described["licence"] in allowed
    assert described["source"]


def test_the_whole_stays_small() -> None:
    """What a browser may load, packed: a page without charts needs far less than with."""
    packed = {
        path.name: len(gzip.compress(path.read_bytes(), 9))
        for path in ROOTS[0].rglob("*")
        if path.suffix in (".css", ".js")
    }
    assert packed["tabler.min.css"] < 75_000
    assert packed["htmx.min.js"] < 20_000
    assert packed["echarts.min.js"] < 400_000
    font = ROOTS[1] / "noto-sans-sc-2.004" / "NotoSansSC-Regular.ttf"
    assert font.stat().st_size < 12_000_000


def test_collected_files_carry_hashes_and_may_be_kept_for_good(tmp_path: Path) -> None:
    """collectstatic changes no byte; the name changes with the content; caches keep it a decade."""
    with override_settings(STATIC_ROOT=str(tmp_path), WHITENOISE_USE_FINDERS=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        storage = HashedFiles()
        address = storage.url("vendor/tabler-1.4.0/tabler.min.css")
        name = address.removeprefix("/static/")
        original = Path("hutan/web/static/vendor/tabler-1.4.0/tabler.min.css").read_bytes()
        assert (tmp_path / name).read_bytes() == original
        assert name != "vendor/tabler-1.4.0/tabler.min.css"
        serve = StaticFilesMiddleware(lambda request: None)
        answer = serve(RequestFactory().get(address, headers={"Accept-Encoding": "gzip"}))
    assert answer is not None
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_collected_files_the_plain_names_serve(db: None, client: Client) -> None:
    """A first look and the tests need no collectstatic."""
    page = client.get("/").content.decode()
    assert 'href="/static/web/css/frame.css"' in page
    served = client.get("/static/web/css/frame.css")
    assert served.status_code == 200


def test_our_style_sheets_name_no_other_file() -> None:
    """So nothing has to be rewritten when names get their hashes."""
    for sheet in Path("hutan/web/static/web/css").glob("*.css"):
        assert "url(" not in sheet.read_text("utf-8")
        assert "@import" not in sheet.read_text("utf-8")

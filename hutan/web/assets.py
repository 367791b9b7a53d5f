"""Static files with a hash in each name, so that a browser may keep them for good."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped base
    """Hashes and compresses what ``collectstatic`` gathers, and changes no byte of it.

    Our style sheets name no other file, and vendored files must keep the hash their manifest
    gives; so nothing is rewritten. Without a collected manifest the plain names are used: tests
    and a first look need no ``collectstatic``.
    """

    patterns = ()

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address, or the plain one where nothing has been collected."""
        if not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        return str(super().url(name, force))


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # untyped base
    """Serves static files; a folder that nothing was collected into yet is no complaint."""

    def add_files(self, root: str, prefix: str | None = None) -> None:
        """Serve the files under ``root`` if there is such a folder."""
        if Path(root).is_dir():
            super().add_files(root, prefix)

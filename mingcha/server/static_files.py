"""Static files under names that hold their digest, so that browsers keep them until they change.

`collect` lays them out in the folder of the installation before the web processes start; where that was not done, as in
tests, they are served under their plain names.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_MARK: Final = "collected.txt"


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # without types
    """WhiteNoise's, compressed and named by digest; a file that was not collected keeps its plain name."""

    def stored_name(self, name: str) -> str:
        """The name of a file below `STATIC_URL`."""
        known = self.hash_key(self.clean_name(name)) in self.hashed_files
        return str(super().stored_name(name)) if known else name


def collect() -> bool:
    """Lay out the files of this version; False where they are there already."""
    mark, digest = Path(settings.STATIC_ROOT) / _MARK, _digest()
    if mark.exists() and mark.read_text("utf-8") == digest:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(digest, "utf-8")
    return True


def _digest() -> str:
    """SHA-256 over names and contents of all static files."""
    found = hashlib.sha256()
    files = sorted(((path, storage) for each in get_finders() for path, storage in each.list([])), key=str)
    for path, storage in files:
        with storage.open(path) as content:
            found.update(f"{path}\n".encode() + hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()

"""A store filled with a demo city through the real intake, in a home of its own, for measuring on either database."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path


def open_store(home: Path, database: str = "") -> None:
    """Set Django up on a home (and a database), with its tables. Once a process."""
    os.environ["MINGCHA_HOME"] = str(home)
    os.environ["MINGCHA_DATABASE"] = database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingcha.server.settings")
    home.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(folder: Path, packs: list[str]) -> float:
    """Report a demo folder as one package and apply it; seconds of applying."""
    from mingcha.alerts.adopting import adopt
    from mingcha.facts.schema import TABLES
    from mingcha.intake.applying import apply_next
    from mingcha.intake.incoming import file_parts, taken_in, work_folder
    from mingcha.intake.models import Source
    from mingcha.intake.receiving import receive

    source, _ = Source.objects.get_or_create(
        code="bench", defaults={"name": "测量", "way": "file", "best_rating": 5}
    )
    adopt(packs, "bench", "测量")
    package = work_folder() / "city.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(folder.glob("*.parquet")):
            if path.stem in TABLES:
                packed.write(path, path.name)
    with package.open("rb") as sent, taken_in(file_parts(sent)) as incoming:
        receive(source, incoming, "zip", key="city", name="city.zip", sent_by="bench", own=True)
    package.unlink()
    began = time.perf_counter()
    while apply_next() is not None:
        pass
    return time.perf_counter() - began

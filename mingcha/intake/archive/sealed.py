"""The personal values in archived files, as what is sealed here (`base.resealing`)."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from django.db import transaction

from mingcha.base import audit, keys, resealing, sealing
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.archive import files, tables
from mingcha.intake.archive_models import ArchivePart

_SEALED: Final = "sealed"
_TABLES: Final = tuple(name for name in tables.COLUMN if personal.personal_columns(TABLES[name]))


class ArchivedValues:
    """See `base.resealing.Holding`: a part is one step, and gets a folder anew."""

    label: Final = "归档文件"

    def used(self) -> dict[int, int]:
        """See `Holding`."""
        counted: Counter[int] = Counter()
        for part in ArchivePart.objects.all():
            counted.update(_used(files.folder_of(part)))
        return dict(counted)

    def reseal(self) -> Iterator[int]:
        """See `Holding`. Raises ArchiveError where the files are not what they were."""
        present, done = keys.seal_numbers()[-1], 0
        for part in ArchivePart.objects.order_by("month", "no"):
            old = files.folder_of(part)
            if count := sum(blobs for number, blobs in _used(old).items() if number != present):
                _write_anew(part, old, present)
                done += count
            yield done


def _used(folder: Path) -> Counter[int]:
    return Counter(
        sealing.key_number(blob)
        for table in _TABLES
        for rows in files.groups(folder, table)
        for blob in rows[_SEALED].to_pylist()
        if blob
    )


def _write_anew(part: ArchivePart, old: Path, key: int) -> None:
    """The part in a folder of another name, which takes over in one transaction."""
    made = files.check(old, part.digest)
    folder = old.with_name(f"{part.month}-{part.no}.seal-{key}")
    draft = folder.with_name(folder.name + ".partial")
    for left in (folder, draft):  # of a run that was interrupted
        shutil.rmtree(left, ignore_errors=True)
    draft.mkdir(mode=0o700)
    for table in made.tables:
        if table in _TABLES:
            anew = (_anew(table, rows) for rows in files.groups(old, table))
            files.write_table(draft / f"{table}.parquet", tables.schema(table), anew)
        else:
            shutil.copyfile(old / f"{table}.parquet", draft / f"{table}.parquet")
    files.finish(draft, made)
    draft.rename(folder)
    with transaction.atomic():
        part.folder, part.digest = folder.name, files.digest_of(folder)
        part.save(update_fields=["folder", "digest"])
        audit.record(
            audit.SYSTEM, "archive.resealed", f"archive:{part.folder}", detail={"digest": part.digest}
        )
    files.discard(old)


def _anew(table: str, rows: pa.Table) -> pa.Table:
    names = TABLES[table].keys
    blobs = [
        blob and resealing.anew(blob, personal.about(TABLES[table], dict(zip(names, key, strict=True))))
        for blob, *key in zip(
            rows[_SEALED].to_pylist(), *(rows[name].to_pylist() for name in names), strict=True
        )
    ]
    return rows.set_column(
        rows.schema.get_field_index(_SEALED), rows.schema.field(_SEALED), pa.array(blobs, pa.binary())
    )

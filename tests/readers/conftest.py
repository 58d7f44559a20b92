"""Folders of fact files, written and read in one line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mingcha.readers.folder import Reading, read_folder

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    """Write files (name -> text or bytes) into a folder and read it, with error books beside it."""
    readings: list[Reading] = []

    def write_and_read(files: dict[str, str | bytes], **options: object) -> Reading:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
        reading = read_folder(folder, errors=tmp_path / "errors", **options)  # type: ignore[arg-type]
        readings.append(reading)
        return reading

    yield write_and_read
    for reading in readings:
        reading.close()

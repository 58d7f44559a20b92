"""Where results are written: a file whole or not at all, through links, into pipes; errors name the path given."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from cast_folders import mingcha

from mingcha.report.output import whole_file

CHECKED = ("--as-of", "2026-03-04", "--format", "jsonl")


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


def test_a_file_that_is_not_written_to_the_end_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), whole_file(out) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert (out.read_bytes(), left_over(tmp_path)) == (b"before", [])


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path: Path, city: Path, there: bool) -> None:
    (tmp_path / "kept").mkdir()
    target, link = tmp_path / "kept" / "result.jsonl", tmp_path / "latest.jsonl"
    if there:
        target.write_text("stale")
    link.symlink_to(Path("kept") / "result.jsonl")
    assert mingcha("check", city, *CHECKED, "--out", link).returncode == 1
    assert link.is_symlink() and target.read_text().startswith('{"rule": "henan-8.1"')
    assert left_over(tmp_path) + left_over(tmp_path / "kept") == []


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path, city: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    assert mingcha("check", city, *CHECKED, "--out", pipe).returncode == 1
    reader.join(30)
    assert [text.count("\n") for text in read] == [3]
    assert pipe.is_fifo()


def test_a_target_that_cannot_be_written_is_told_by_the_name_the_user_gave(
    tmp_path: Path, city: Path
) -> None:
    link = tmp_path / "result.jsonl"
    link.symlink_to(tmp_path / "gone" / "result.jsonl")
    ran = mingcha("check", city, *CHECKED, "--out", link)
    assert (ran.returncode, ".part" in ran.stderr) == (2, False)
    assert f"错误:{link}:找不到文件或文件夹" in ran.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_by_the_name_the_user_gave(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError) as error, whole_file(tmp_path / "x.html"):
        pass
    assert error.value.filename == str(tmp_path / "x.html")


def test_a_full_disk_is_told_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="x.html") as error, whole_file(tmp_path / "x.html"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (error.value.errno, error.value.filename) == (errno.ENOSPC, str(tmp_path / "x.html"))


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error, whole_file(tmp_path / "x.html"):
        (tmp_path / "data.csv").read_bytes()
    assert error.value.filename == str(tmp_path / "data.csv")

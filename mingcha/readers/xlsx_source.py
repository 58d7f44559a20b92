"""XLSX: looked over (xlsx_guard), parsed in a limited child process (xlsx_child), then read like any other
source."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from mingcha.facts.declare import Table
from mingcha.readers.errors import FileError
from mingcha.readers.raw import RawBatch
from mingcha.readers.xlsx_guard import check_workbook, epoch_1904

MEMORY = 4 << 30
SECONDS = 300


class XlsxSource:
    """One workbook: its visible sheet named after the table, else the first visible one."""

    def __init__(
        self, path: Path, table: Table, work: Path, *, memory: int = MEMORY, seconds: int = SECONDS
    ) -> None:
        check_workbook(path)
        self.path = path
        self.epoch_1904 = epoch_1904(path)
        self.cells = work / f"{table.name}.cells.arrow"
        answer = self._convert(table, memory, seconds)
        self.first_row = int(answer["first_row"])
        with pa.OSFile(str(self.cells)) as file, pa.ipc.open_stream(file) as stream:
            first = stream.read_next_batch()
        self.header = [column[0].as_py() or "" for column in first.columns]

    def _convert(self, table: Table, memory: int, seconds: int) -> dict[str, str]:
        command = [sys.executable, "-m", "mingcha.readers.xlsx_child", str(self.path), str(self.cells)]
        command += [table.name, table.label, str(memory), str(seconds)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=2 * seconds, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise FileError(self.path, "工作簿读得太久,已停下;请拆成几份,或改用 CSV") from error
        if done.returncode != 0:
            raise FileError(
                self.path,
                "读工作簿的进程超出内存或时间限制而停下;表格里可能有离数据很远的零散单元格,"
                "请把数据复制到新工作簿另存,或改用 CSV",
            )
        answer: dict[str, str] = json.loads(done.stdout)
        if "error" in answer:
            raise FileError(self.path, answer["error"])
        return answer

    def share(self) -> None:
        """Unknown: the child has read it all."""
        return

    def batches(self) -> Iterator[RawBatch]:
        """The rows under the header; numbers are those of the sheet."""
        number = self.first_row
        with pa.OSFile(str(self.cells)) as file, pa.ipc.open_stream(file) as stream:
            for index, batch in enumerate(stream):
                rows = batch.slice(1) if index == 0 else batch
                first = number + (1 if index == 0 else 0)
                numbers = np.arange(first, first + rows.num_rows, dtype=np.int64)
                number = first + rows.num_rows
                yield RawBatch(numbers, rows.columns)
        self.cells.unlink(missing_ok=True)

"""A small sound pack of rules, to be broken one fault at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

PACK = """\
id: sample
title: 示例规定
law: {name: 示例规定, number: 示例〔2020〕1号, issued: 2020-01-01}
regions: ["4199"]
from: 2020-01-01
over: [henan-2019]
settings:
  days:
    value: 3
    unit: working_day
    note: 规定没有写天数
pauses:
  fixing:
    table: corrections
    start: notified_at
    end: confirmed_at
    where: needed_at is not null
    name: 补正
"""

CLOCK = """\
id: sample-1
title: 受理时限
cites: {law: 示例规定, article: 第一条}
text: 收件后三个工作日内受理。
class: TIME
over: cases
when: channel in ('window', 'web')
needs: [items]
joins:
  notice:
    select: select case_no, min(notified_at) as notified_at from corrections group by case_no
    on: {case_no: case_no}
  kind: {table: item_specials, on: {kind: outcome}}
clock:
  start: received_at
  stop: earliest(accepted_at, notice.notified_at)
  limit: setting.days
  unit: working_day
  pauses: [fixing]
levels:
  warning: left <= 1
  red: 2 working_day after warning
reason: 自{start}收件,应于{due}前受理,渠道{channel}
evidence: [channel]
"""

CLOCK_STORIES = """\
- name: 超过三个工作日没有受理
  given:
    cases: [{received_at: 2026-01-05 09:00}]
  at:
    2026-01-06 12:00: []
    2026-01-07 12:00: [{level: warning}]
"""

FIND = """\
id: sample-2
title: 收件凭证
cites: {law: 示例规定, article: 第二条}
text: 收件应当出具凭证。
class: FLOW
over: cases
when: accepted_at is not null
any:
  没有凭证: receipt_no is null
  窗口没有登记: window_code is null
moment: accepted_at
levels: {note: at once}
reason: 缺少{items}
"""

FIND_STORIES = """\
- name: 没有凭证
  given:
    cases: [{accepted_at: 2026-01-05 09:00, receipt_no: ~}]
  at:
    2026-01-06 12:00: [{level: note}]
"""

COMPARE = """\
id: sample-3
title: 必要材料
cites: {law: 示例规定, article: 第三条}
text: 材料应当齐全。
class: CONTENT
over: cases
when: completed_at is not null
compare:
  guide: item_materials where required
  reported: materials
  stands: received_at is not null
  on: material_code
  fires: missing
moment: completed_at
levels: {warning: at once}
reason: 缺少{items}
"""

FILES = {
    "pack.yaml": PACK,
    "1.yaml": CLOCK,
    "1.test.yaml": CLOCK_STORIES,
    "2.yaml": FIND,
    "2.test.yaml": FIND_STORIES,
    "3.yaml": COMPARE,
    "3.test.yaml": "- name: 还没有办结\n  given: {}\n  at: {2026-01-06: []}\n",
}


@pytest.fixture
def texts() -> dict[str, str]:
    """The files of the sample pack."""
    return dict(FILES)


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Path]:
    """Write the sample pack, with other texts for some of its files (None: without that file)."""

    def write(name: str = "sample", **changed: str | None) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        texts = {**FILES, **{key.replace("_", ".").strip("."): text for key, text in changed.items()}}
        for file, content in texts.items():
            if content is not None:
                (folder / file).write_text(content, encoding="utf-8")
        return folder

    return write

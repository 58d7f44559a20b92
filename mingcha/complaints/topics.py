"""What a complaint may be about 反映事由: the behaviours that rules and regulations name, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TOPICS: Final[Mapping[str, str]] = {
    "late": "超过时间还没办完",
    "refused": "应该受理却不受理,又不说明理由",
    "materials": "要求多交材料,反复补材料",
    "fees": "多收钱,或强制找中介",
    "visits": "让人来回跑",
    "attitude": "服务态度不好,或窗口没有人",
    "gifts": "吃、拿、卡、要",
    "guide": "指南不清楚,和实际不一样",
    "other": "其他",
}
"""郑州规则第五条至第七条,平顶山意见三:the eight forbidden behaviours."""

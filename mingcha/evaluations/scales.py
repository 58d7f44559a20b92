"""The two scales 评价尺度, side by side: five levels (国家“好差评”), and Henan's two grades with what went wrong.

    五级   5 非常满意 4 满意 3 基本满意 2 不满意 1 非常不满意; the last two are bad reviews 差评 (鄂州 二(四))
    两档   满意、不满意 (河南 第九条(一)), and items (二) to (九) of what was wrong

They are never turned into one another in what is stored; only counting needs one word for both (`is_satisfied`).
What nobody rated is no rating: a grade by default (第九条: 默认评价) is marked and counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mingcha.facts.rating_tags import CURRENT, tag_level

LEVELS: Final[dict[int, str]] = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
"""The five levels, the best first."""
BAD: Final = 2
"""At most this level is a bad review 差评."""


def is_bad(level: int | None, satisfied: bool | None = None) -> bool:
    """Whether a rating is a bad review, by the five levels where it has one, else by the two grades."""
    return level <= BAD if level is not None else satisfied is False


def is_satisfied(level: int | None, satisfied: bool | None) -> bool | None:
    """The two grades of a rating on either scale; None where it says neither (规则 henan-9.1 的口径)."""
    if satisfied is not None:
        return satisfied
    return None if level is None else level > BAD


def tags_of(level: int) -> dict[str, str]:
    """The national tags that may be chosen at a level, code to text."""
    return {code: text for code, text in CURRENT.items() if tag_level(code) == level}


@dataclass(frozen=True)
class Question:
    """One question of Henan's 第九条. `options`: (value as it is sent, label), the default first."""

    column: str
    item: str
    text: str
    options: tuple[tuple[str, str], ...]


_YES_NO: Final = (("", "否"), ("true", "是"))

HENAN: Final[tuple[Question, ...]] = (
    Question("extra_materials", "(二)", "多收了申请材料", _YES_NO),
    Question("extra_fees", "(三)", "多收了费用", _YES_NO),
    Question("intermediary_forced", "(四)", "被强制要求通过中介办理", _YES_NO),
    Question("over_promised", "(五)", "超过了承诺办结时限", _YES_NO),
    Question("over_statutory", "(五)", "超过了法定办理时限", _YES_NO),
    Question("attitude", "(七)", "服务态度", (("", "未评"), ("good", "好"), ("bad", "差"))),
    Question("environment", "(八)", "办事环境", (("", "未评"), ("good", "好"), ("bad", "差"))),
)
"""Questions with a closed answer; (六) asks for a number of visits, (九) for words."""
PROVINCE: Final = "41"
"""Region codes of Henan begin so."""


def asks_henan(region_code: str) -> bool:
    """Whether Henan's items are asked in a region."""
    return region_code.startswith(PROVINCE)

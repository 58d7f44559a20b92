"""The lists of ratings and of bad reviews (台账): columns and conditions over what is known now.

Neither shows whose rating it is: no number of a case, and the day alone, not the hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html

from mingcha.accounts import masking
from mingcha.base import clock
from mingcha.evaluations import stages
from mingcha.evaluations.figures import BAD_ONES, GIVEN
from mingcha.evaluations.scales import BAD, LEVELS
from mingcha.facts.rating_tags import RATING_TAG
from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import DAY, day_number
from mingcha.pages import lookups
from mingcha.pages.listing.declare import Choice, Column, Filter, Listing, Options, Rows
from mingcha.pages.live.table import agency_options
from mingcha.pages.templatetags.words import clipped, when

EVALUATIONS: Final = TABLES["evaluations"]
PERIODS: Final = (("30", "近 30 日"), ("90", "近 90 日"), ("366", "近一年"), ("all", "全部时间"))
USUAL: Final = "90"


def codes(column: str) -> dict[str, str]:
    """The codes of a column with their labels."""
    found = EVALUATIONS.column(column).codes
    return dict(found.values) if found else {}


def grade(row: Any) -> str:
    """What was said, in the words of its own scale."""
    if row.is_default:
        return "默认评价"
    if row.level in LEVELS:
        return LEVELS[row.level]
    return {True: "满意(两档)", False: "不满意(两档)"}.get(row.satisfied, "未评等级")


def _grade_tag(row: Any) -> str:
    bad = not row.is_default and (
        row.level is not None and row.level <= BAD or (row.level is None and row.satisfied is False)
    )
    return format_html('<span class="tag{}">{}</span>', " bad" if bad else "", grade(row))


def prepare(rows: list[Any]) -> list[Any]:
    """Names and the handling, as attributes that the columns read."""
    trees, numbers = lookups.trees(), [row.evaluation_no for row in rows]
    items = _items([row.case_no for row in rows if row.case_no])
    handled = FACTS["review_handling"]._default_manager.filter(seen_to=None, evaluation_no__in=numbers)
    handling = {row["evaluation_no"]: row for row in handled.exclude(withdrawn=True).values()}
    for row in rows:
        row.agency_name = trees.agency_name(row.agency_code or "")
        row.item_name = items.get(row.case_no or "", "")
        row.words = masking.text(row.comment or "")
        row.tag_names = "、".join(
            RATING_TAG.values.get(tag, tag) for tag in (row.tags or "").split(";") if tag
        )
        row.day = _day(lookups.local(row.submitted_at))
        row.handling = handling.get(row.evaluation_no)
        row.bad = not row.is_default and row.level is not None and row.level <= BAD
        row.stage = stages.LABELS[stages.stage_of(row.handling)] if row.bad else ""
    return rows


def _items(cases: list[str]) -> dict[str, str]:
    """Names of the items of cases."""
    rows = lookups.stored("cases").filter(case_no__in=cases).exclude(item_code=None)
    of_case: dict[str, str] = dict(rows.values_list("case_no", "item_code"))
    names = lookups.item_names(of_case.values())
    return {case: names.get(item, item) for case, item in of_case.items()}


def _day(value: datetime | date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _period(rows: Rows, chosen: str) -> Rows:
    if chosen == "all":
        return rows
    first = clock.local_now().date() - timedelta(days=int(chosen) - 1)
    return rows.filter(submitted_at__gte=day_number(first) * DAY)


def _options(column: str) -> Any:
    return lambda: tuple(codes(column).items())


_GRADES: Final[dict[str, tuple[str, Q]]] = {
    "bad": ("差评", BAD_ONES),
    **{str(level): (label, GIVEN & Q(level=level)) for level, label in LEVELS.items()},
    "two": ("两档评价", GIVEN & Q(level=None, satisfied__isnull=False)),
    "default": ("默认评价", Q(is_default=True)),
}


def _by_grade(rows: Rows) -> Mapping[str, int]:
    counts = {f"g{name}": Count("pk", filter=where) for name, (_, where) in _GRADES.items()}
    found = rows.order_by().aggregate(whole=Count("pk"), **counts)
    return {name: found[f"g{name}"] for name in _GRADES if name != "bad"}


def _number(rows: Rows, text: str) -> Rows:
    return lookups.begins(rows, "evaluation_no", text)


_PERIOD = Choice("period", "时间", _period, lambda: PERIODS, USUAL)
_AGENCY = Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), agency_options)
_NUMBER = Filter("q", "评价编号(开头几位)", _number)
_NO = Column(
    "no", "评价编号", lambda e: e.evaluation_no, lambda e: clipped(e.evaluation_no), order="evaluation_no"
)
_SAID = Column("grade", "满意度", grade, _grade_tag, order="level")
_OFFICE = Column(
    "agency", "部门", lambda e: e.agency_name, lambda e: clipped(e.agency_name), order="agency_code"
)
_ITEM = Column("item", "事项", lambda e: e.item_name, lambda e: clipped(e.item_name))
_WORDS = Column("words", "文字评价", lambda e: e.words, lambda e: clipped(e.words), wide=True)
_DAY = Column("day", "评价日期", lambda e: when(e.day), order="submitted_at")

RATINGS = Listing(
    name="evaluations",
    title="评价",
    place=(None, "agency_code"),
    columns=(
        _NO,
        _SAID,
        _DAY,
        _OFFICE,
        _ITEM,
        Column("kind", "类别", lambda e: codes("kind").get(e.kind or "", e.kind), order="kind"),
        Column(
            "channel", "渠道", lambda e: codes("channel").get(e.channel or "", e.channel), order="channel"
        ),
        _WORDS,
        Column("tags", "标签", lambda e: e.tag_names, lambda e: clipped(e.tag_names), shown=False),
        Column("real_name", "实名", lambda e: "实名" if e.real_name else "", shown=False),
        Column("stage", "处理", lambda e: e.stage),
        Column("pushed", "推送省平台", lambda e: when(_day(lookups.local(e.pushed_at))), shown=False),
    ),
    filters=(
        Choice(
            "grade",
            "满意度",
            lambda rows, name: rows.filter(_GRADES[name][1]),
            lambda: tuple((name, label) for name, (label, _) in _GRADES.items() if name != "bad"),
        ),
        _PERIOD,
        _AGENCY,
        Choice("kind", "类别", lambda rows, kind: rows.filter(kind=kind), _options("kind")),
        Choice("channel", "渠道", lambda rows, way: rows.filter(channel=way), _options("channel")),
        _NUMBER,
    ),
    order="-day",
    href=lambda row: reverse("evaluation", args=[row.evaluation_no]),
    facet="grade",
    count=_by_grade,
    prepare=prepare,
    empty="没有符合条件的评价",
    empty_next="放宽时间或部门再查;没有评价的窗口,可以打印二维码请群众评价。",
)


def _moment(column: str, label: str) -> Column:
    """A moment of the handling."""
    return Column(column, label, lambda e: when(lookups.local((e.handling or {}).get(column))))


def _finding(row: Any) -> str:
    found = (row.handling or {}).get("finding") or ""
    return TABLES["review_handling"].column("finding").codes.values.get(found, "")  # type: ignore[union-attr]


def _stage_options() -> Options:
    return tuple(stages.LABELS.items())


LEDGER = Listing(
    name="bad-reviews",
    title="差评台账",
    place=(None, "agency_code"),
    columns=(
        _NO,
        _SAID,
        _DAY,
        _OFFICE,
        Column(
            "stage",
            "阶段",
            lambda e: e.stage,
            lambda e: format_html('<span class="tag wait">{}</span>', e.stage),
        ),
        _moment("assigned_at", "交办"),
        _moment("signed_at", "签收"),
        _moment("called_back_at", "回访"),
        Column("finding", "核定", _finding),
        _moment("settled_at", "办结"),
        _moment("feedback_at", "整改反馈"),
        Column("real_name", "实名", lambda e: "实名" if e.real_name else "", shown=False),
        Column("difficult", "疑难认定人", lambda e: (e.handling or {}).get("difficult_by"), shown=False),
        _moment("extension_filed_at", "延期报备"),
        _moment("published_at", "公开"),
        Column("words", "文字评价", lambda e: e.words, lambda e: clipped(e.words), shown=False),
    ),
    filters=(
        Choice("stage", "阶段", stages.at, _stage_options),
        _PERIOD,
        _AGENCY,
        Choice(
            "real_name",
            "是否实名",
            lambda rows, said: rows.filter(real_name=True) if said == "yes" else rows.exclude(real_name=True),
            lambda: (("yes", "实名"), ("no", "匿名")),
        ),
        _NUMBER,
    ),
    order="-day",
    href=lambda row: reverse("evaluation", args=[row.evaluation_no]),
    facet="stage",
    count=stages.counts,
    prepare=prepare,
    empty="没有符合条件的差评",
    empty_next="放宽时间或阶段再查。",
)

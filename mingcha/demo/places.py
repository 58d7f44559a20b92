"""Places of the demo city: regions, agencies, halls, windows, officers. Region codes and names down to the
township are real (GB/T 2260); villages, agencies, halls and people are invented, which their names say
(示例)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mingcha.demo.people import BRANCHES, STEMS, agency_code

CITY: Final = "410100000000"
OFFICE: Final = "政务服务和大数据管理局"

REGIONS: Final = (
    ("410000000000", "河南省", "province", None),
    (CITY, "郑州市", "city", "410000000000"),
    ("410102000000", "中原区", "county", CITY),
    ("410103000000", "二七区", "county", CITY),
    ("410105000000", "金水区", "county", CITY),
    ("410122000000", "中牟县", "county", CITY),
    ("410181000000", "巩义市", "county", CITY),
    ("410102001000", "林山寨街道", "township", "410102000000"),
    ("410103006000", "五里堡街道", "township", "410103000000"),
    ("410105001000", "经八路街道", "township", "410105000000"),
    ("410122001000", "青年路街道", "township", "410122000000"),
    ("410181001000", "新华路街道", "township", "410181000000"),
    ("410102001901", "示例一社区", "village", "410102001000"),
    ("410103006901", "示例二社区", "village", "410103006000"),
    ("410105001901", "示例三社区", "village", "410105001000"),
    ("410122001901", "示例四社区", "village", "410122001000"),
    ("410181001901", "示例五社区", "village", "410181001000"),
)
"""code, name, level, parent."""

_CITY_BUREAUX: Final = """
市场监督管理局 公安局 人力资源和社会保障局 自然资源和规划局 城乡建设局 卫生健康委员会 交通运输局
生态环境局 文化广电和旅游局 农业农村局 应急管理局 医疗保障局 住房公积金管理中心
"""
_COUNTY_BUREAUX: Final = """
市场监督管理局 公安分局 人力资源和社会保障局 自然资源局 住房和城乡建设局 卫生健康委员会 民政局
教育局 交通运输局 城市管理局
"""
BUREAUX: Final = {
    "city": (*_CITY_BUREAUX.split(), OFFICE),
    "county": (*_COUNTY_BUREAUX.split(), OFFICE),
    "township": ("街道办事处",),
    "village": ("社区居民委员会",),
}
"""What agencies a region of each level has."""

LEVEL_DIGIT: Final = {"city": "3", "county": "4", "township": "5", "village": "6"}
"""行使层级, the 19th character of an item code."""

ROLES: Final = ("guide", "assist", "consult")
WINDOWS_EACH: Final = 2
REVIEWERS_EACH: Final = 2


@dataclass(frozen=True)
class Region:
    """A region of the register."""

    code: str
    name: str
    level: str
    parent: str | None


@dataclass(frozen=True)
class Agency:
    """A department; ``badness`` is how much more than others it tends to break rules (1 is good)."""

    place: int
    code: str
    name: str
    bureau: str
    region: Region
    hall: str
    badness: int
    windows: tuple[str, ...]
    acceptors: tuple[str, ...]
    reviewers: tuple[str, ...]


@dataclass(frozen=True)
class Hall:
    """A service hall with the people who walk about in it."""

    code: str
    name: str
    region: Region
    stewards: tuple[tuple[str, str], ...]
    """(officer, role) of guides, assistants and advisers."""


def regions() -> tuple[Region, ...]:
    """All regions."""
    return tuple(Region(*row) for row in REGIONS)


def halls() -> tuple[Hall, ...]:
    """One hall for every region from the city down."""
    kinds = {
        "city": "政务服务大厅",
        "county": "政务服务大厅",
        "township": "便民服务中心",
        "village": "便民服务站",
    }
    found = []
    for number, region in enumerate(r for r in regions() if r.level in kinds):
        code = f"DT{number + 1:02d}"
        stewards = tuple((f"{code}R{i + 1}", role) for i, role in enumerate(ROLES))
        found.append(Hall(code, f"{region.name}示例{kinds[region.level]}", region, stewards))
    return tuple(found)


def agencies() -> tuple[Agency, ...]:
    """The agencies of every region; some work badly."""
    found: list[Agency] = []
    for hall in halls():
        for bureau in BUREAUX[hall.region.level]:
            place = len(found)
            code = f"BM{place + 1:03d}"
            found.append(
                Agency(
                    place=place,
                    code=agency_code(hall.region.code[:6], place + 1),
                    name=f"{hall.region.name}示例{bureau}",
                    bureau=bureau,
                    region=hall.region,
                    hall=hall.code,
                    badness=(1, 2, 1, 1, 3, 1, 8, 1, 2, 1, 1)[place * 5 % 11],
                    windows=tuple(f"{code}C{i + 1}" for i in range(WINDOWS_EACH)),
                    acceptors=tuple(f"{code}S{i + 1}" for i in range(WINDOWS_EACH)),
                    reviewers=tuple(f"{code}P{i + 1}" for i in range(REVIEWERS_EACH)),
                )
            )
    return tuple(found)


def officer_name(number: int) -> str:
    """示例甲子, by number."""
    return f"示例{STEMS[number % 10]}{BRANCHES[number // 10 % 12]}" + (
        str(number // 120) if number >= 120 else ""
    )

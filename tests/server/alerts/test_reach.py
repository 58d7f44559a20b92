"""An office publishes law for its own region and below; the reporting days follow the calendar in force."""

from __future__ import annotations

import pytest

from mingcha.alerts import law, publishing
from mingcha.alerts.reach import own_prefix
from mingcha.base.config import config
from mingcha.intake import workdays
from mingcha.rules.load import pack_folders

pytestmark = pytest.mark.django_db
ZHENGZHOU = "410100000000"


def pack(name: str, regions: str = "") -> dict[str, str]:
    """The files of a shipped pack; with other `regions` where given."""
    (folder,) = [folder for folder in pack_folders() if folder.name == name]
    files = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    if regions:
        lines = files["pack.yaml"].splitlines()
        files["pack.yaml"] = "\n".join(
            f"regions: {regions}" if line.startswith("regions:") else line for line in lines
        )
    return files


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        (ZHENGZHOU, "4101"),
        ("410000000000", "41"),
        ("410105000000", "410105"),
        ("410105001000", "410105001"),
        ("", ""),
    ],
)
def test_a_region_and_below_begin_with_its_own_digits(region, prefix):
    assert own_prefix(region) == prefix


@pytest.fixture
def zhengzhou(monkeypatch):
    monkeypatch.setattr(config(), "region", ZHENGZHOU)


def uploaded(kind: str, name: str, files: dict[str, str]):
    return publishing.upload(kind, name, files, name, "依据", "jia")


def test_a_city_publishes_its_own_pack(zhengzhou):
    draft = uploaded("pack", "zhengzhou-2021", pack("zhengzhou-2021"))
    assert (draft.region_code, draft.faults) == (ZHENGZHOU, [])


@pytest.mark.parametrize(
    ("name", "regions", "named"),
    [
        ("henan-2019", "", "41"),
        ("henan-2019", '["4101"]', "41"),  # taking it away from the others is no city's business either
        ("ezhou-2020", "", "4207"),
        ("state-council", "", "全国"),
        ("zhengzhou-2021", '["4101", "4102"]', "4102"),
    ],
)
def test_what_holds_elsewhere_is_refused_before_it_is_kept(zhengzhou, name, regions, named):
    with pytest.raises(publishing.PublishingError, match=f"适用于 .*{named}"):
        uploaded("pack", name, pack(name, regions))
    assert not law.Publication.objects.exists()


def test_without_a_region_everything_may_be_published():
    assert config().region == ""
    assert uploaded("pack", "henan-2019", pack("henan-2019")).faults == []


def test_a_local_calendar_of_another_city_is_refused_and_ones_own_is_taken(zhengzhou):
    days = "days:\n  - {date: 2026-11-02, name: 火把节, off: true, source: 某政办〔2026〕1号}\n"

    def local(code: str) -> dict[str, str]:
        return {f"local/{code}.yaml": f"layer: '{code}'\nname: 某地\n{days}"}

    with pytest.raises(publishing.PublishingError, match="适用于 4207"):
        uploaded("calendar", "bendi", local("4207"))
    assert uploaded("calendar", "bendi", local("4101")).faults == []


def test_reporting_days_follow_the_calendar_in_force():
    assert workdays.calendar_in_force() is law.law_in_force()[1]

"""The law of the demo city: the packs that it was planned by hold in it, though it lies in none of their regions."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.alerts import law
from mingcha.alerts.models import Alert, Publication
from mingcha.demo.city import PACKS
from mingcha.server.demo_open import open_city

pytestmark = pytest.mark.one_database


@pytest.mark.django_db(transaction=True)
def test_packs_of_elsewhere_raise_alerts_in_a_city_that_adopts_them(tmp_path: Path) -> None:
    law.forget()
    open_city(tmp_path, 300, 1, lambda said: None)
    adoption = Publication.objects.get()
    assert (adoption.kind, adoption.state, adoption.files) == (
        "adoption",
        "in_force",
        {"packs": sorted(PACKS)},
    )
    late = Alert.objects.filter(rule__in=["ezhou-sign", "ezhou-complaint"])
    assert late.exclude(warn_at=None).exists()
    assert set(Alert.objects.values_list("pack", flat=True)) == set(PACKS)
    open_city(tmp_path, 300, 1, lambda said: None)
    assert Publication.objects.count() == 1
    law.forget()

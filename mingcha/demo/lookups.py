"""Texts of the world by number: what the case tables look up instead of writing out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mingcha.demo.dice import Ints
from mingcha.demo.places import REVIEWERS_EACH
from mingcha.demo.world import World, texts


@dataclass(frozen=True)
class Lookups:
    """Columns of texts; the comment says by what number."""

    item_code: pa.StringArray  # version
    item_version: Ints  # version
    agency_code: pa.StringArray  # version
    agency_name: pa.StringArray  # version
    region_code: pa.StringArray  # version
    hall_code: pa.StringArray  # version
    village: Ints  # version: 1 where the agency is a village's
    fee_low: Ints  # version, 分
    fee_high: Ints  # version, 分
    fee_code: pa.StringArray  # version
    fee_name: pa.StringArray  # version
    reducible: Ints  # version
    certificate_type: pa.StringArray  # version
    first_step: Ints  # version -> place in step_name
    step_name: pa.StringArray
    first_material: Ints  # version -> place in material_code, material_name
    material_code: pa.StringArray
    material_name: pa.StringArray
    window: pa.StringArray  # window
    acceptor: pa.StringArray  # window
    reviewer: pa.StringArray  # agency * REVIEWERS_EACH + n


def make_lookups(world: World) -> Lookups:
    """The texts of a world."""
    versions = world.versions
    steps = [len(v.steps) for v in versions]
    materials = [len(v.materials) for v in versions]
    return Lookups(
        item_code=texts([v.item_code for v in versions]),
        item_version=np.array([v.version for v in versions]),
        agency_code=texts([v.agency.code for v in versions]),
        agency_name=texts([v.agency.name for v in versions]),
        region_code=texts([v.agency.region.code for v in versions]),
        hall_code=texts([v.agency.hall for v in versions]),
        village=np.array([v.agency.region.level == "village" for v in versions], dtype=np.int64),
        fee_low=np.array([v.fee[0] * 100 if v.fee else 0 for v in versions]),
        fee_high=np.array([v.fee[1] * 100 if v.fee else 0 for v in versions]),
        fee_code=texts([v.fee_code for v in versions]),
        fee_name=texts([f"{v.name}工本费" for v in versions]),
        reducible=np.array([v.reducible for v in versions], dtype=np.int64),
        certificate_type=texts([f"{v.name}证照" for v in versions]),
        first_step=np.cumsum([0, *steps])[:-1],
        step_name=texts([name for v in versions for name in v.steps]),
        first_material=np.cumsum([0, *materials])[:-1],
        material_code=texts([m.code for v in versions for m in v.materials]),
        material_name=texts([m.name for v in versions for m in v.materials]),
        window=texts([code for a in world.agencies for code in a.windows]),
        acceptor=texts([code for a in world.agencies for code in a.acceptors]),
        reviewer=texts([code for a in world.agencies for code in a.reviewers]),
    )


def reviewers(agency: Ints, number: Ints) -> Ints:
    """Places in `Lookups.reviewer` of the officers of an agency who take turns."""
    return agency * REVIEWERS_EACH + number % REVIEWERS_EACH

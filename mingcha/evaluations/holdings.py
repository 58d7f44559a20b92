"""What ratings keep sealed, so that a change of keys finds it."""

from __future__ import annotations

from mingcha.base import resealing
from mingcha.base.resealing import Sealed
from mingcha.evaluations.models import Rating
from mingcha.evaluations.taking import about

resealing.holds(Sealed(Rating, "sealed", ("no",), lambda row: about(row["no"]), "评价人"))

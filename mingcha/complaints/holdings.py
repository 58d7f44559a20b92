"""What complaints keep sealed, so that a change of keys finds it."""

from __future__ import annotations

from mingcha.base import resealing
from mingcha.base.resealing import Sealed
from mingcha.complaints.models import Complaint
from mingcha.complaints.registering import about

resealing.holds(Sealed(Complaint, "sealed", ("receipt",), lambda row: about(row["receipt"]), "投诉人"))

"""The tables of transitions 办理流程: one kind a file, as data. A kind of another app is declared there."""

from mingcha.casework.tables.accountability import ACCOUNTABILITY
from mingcha.casework.tables.appeal import APPEAL
from mingcha.casework.tables.clue import CLUE
from mingcha.casework.tables.explain import EXPLAIN
from mingcha.casework.tables.order import ORDER
from mingcha.casework.tables.rectify import RECTIFY

__all__ = ["ACCOUNTABILITY", "APPEAL", "CLUE", "EXPLAIN", "ORDER", "RECTIFY"]

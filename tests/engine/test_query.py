"""The parts of a SELECT: where children are joined, and for which cases."""

from __future__ import annotations

from mingcha.engine.query import Base

ITEM = "LEFT JOIN i_items AS i ON i.item_key = r.item_key"
DAY = 'LEFT JOIN d_days AS k ON k.slot = "each_"."day"'
CERTIFICATES = Base("f", each="v_certificates")


def test_children_are_joined_after_what_does_not_need_them() -> None:
    sql = CERTIFICATES.sql([DAY, ITEM])
    assert sql.index(ITEM) < sql.index("v_certificates") < sql.index(DAY)


def test_children_are_asked_for_only_where_what_does_not_need_them_holds() -> None:
    sql = CERTIFICATES.sql([ITEM, DAY], conditions=["i.expected", "each_.seq > 1", "k.working"])
    assert "ON each_.case_no = CASE WHEN i.expected THEN r.case_no END" in sql
    assert "ON each_.case_no = r.case_no" in CERTIFICATES.sql([DAY], conditions=["k.working"])

"""The fact tables 事实表 of facts.md: what is supervised is reported, under exactly these names.

`schema.TABLES` declares every table and column; `arrow.arrow_schema` is the canonical form in memory and
Parquet; `store.Facts` is what readers hand to the engine; `checks` are the check digits.
"""

"""Texts that a spreadsheet would run as a formula: an apostrophe before them when written to CSV, taken off
again when read.

Excel and its kin start a formula at `= + - @`, a tab or a carriage return, some also at the full-width forms
of the first four.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

STARTS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
_BLANKS = " \n\v\f\u00a0\u3000"
_CLASS = r"[ \n\x0b\x0c\x{a0}\x{3000}]*[=+\-@\t\r\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
_DANGEROUS = rf"^{_CLASS}"
_GUARDED = rf"^'({_CLASS})"


def guard(text: str) -> str:
    """The text as it may stand in a CSV cell."""
    bare = text.lstrip(_BLANKS)
    return "'" + text if bare and bare[0] in STARTS else text


def guard_column(texts: pa.Array) -> pa.Array:
    """`guard` over a column."""
    dangerous = pc.match_substring_regex(texts, _DANGEROUS)
    if not pc.any(dangerous).as_py():
        return texts
    return pc.if_else(dangerous, pc.binary_join_element_wise("'", texts, ""), texts)


def unguard_column(texts: pa.StringArray) -> pa.StringArray:
    """A column as it was before it was guarded."""
    if not pc.any(pc.starts_with(texts, "'")).as_py():
        return texts
    return pc.replace_substring_regex(texts, _GUARDED, r"\1")

"""Examples of the clock done on paper, on which the clock and the naive judge must both agree."""

from __future__ import annotations

NAMES = ("start", "limit", "unit", "pauses", "due", "warned", "over")
EXAMPLES: list[tuple[str, int, str, list[tuple[str, str]], str, str, str]] = [
    ("2026-02-13", 5, "working_day", [], "2026-02-27", "2026-02-25", "2026-02-28"),
    ("2025-09-26", 5, "working_day", [], "2025-10-10", "2025-09-30", "2025-10-11"),
    ("2026-10-10", 2, "working_day", [], "2026-10-13", "2026-10-10", "2026-10-14"),
    (
        "2026-09-18",
        10,
        "working_day",
        [("2026-09-22", "2026-09-29")],
        "2026-10-14",
        "2026-10-12",
        "2026-10-15",
    ),
    ("2026-09-18", 20, "natural_day", [], "2026-10-08", "2026-09-29", "2026-10-09"),
    ("2018-12-26", 3, "working_day", [], "2018-12-29", "2018-12-27", "2018-12-30"),
    ("2024-02-08", 3, "working_day", [], "2024-02-19", "2024-02-09", "2024-02-20"),
    ("2026-04-30", 3, "working_day", [], "2026-05-08", "2026-05-06", "2026-05-09"),
    ("2025-12-26", 5, "working_day", [], "2026-01-05", "2025-12-31", "2026-01-06"),
]
"""Days; `warned` is the first with two or fewer working days left."""

"""Working days and the clock: pure functions of facts, calendar and `as_of`; nothing here reads the time."""

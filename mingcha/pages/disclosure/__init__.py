"""公示 for staff: what is open where, what the month would say, and the months as they were published."""

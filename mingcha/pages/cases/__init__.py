"""办件: search, and the life line of one case with every minute attributed to one holder."""

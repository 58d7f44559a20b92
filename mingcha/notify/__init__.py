"""Who is told, through which channel, at what hour."""

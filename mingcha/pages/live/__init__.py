"""实时监察: the list of alerts, refreshed while one watches; several confirmed or withdrawn at once."""

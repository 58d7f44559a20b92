"""One alert: its sentence, its article, its clock day by day, the facts behind it, its past and what comes next."""

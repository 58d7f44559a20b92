"""日历: a year of working days by their notices, and next year's notice."""

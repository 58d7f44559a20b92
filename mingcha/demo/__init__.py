"""A demo city (示范城市): invented people and agencies, lawful lives of cases, planted violations, and the
truth."""

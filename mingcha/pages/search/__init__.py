"""全站查找: a case number, an agency, an item, a rule, the number of an alert."""

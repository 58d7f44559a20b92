"""Lists 列表: a table is declared (`declare`), asked for in the URL (`asked`), shown and exported (`shown`, `exporting`)."""

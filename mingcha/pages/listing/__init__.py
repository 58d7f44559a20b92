"""Lists 列表: declared (`declare`), asked for in the URL (`asked`), shown (`shown`), exported (`exporting`)."""

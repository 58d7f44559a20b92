"""Other people's data: a mapping file (映射文件) turns foreign tables and event logs into fact tables.

`load.read_mapping` reads and checks the file, `convert.convert` does the work. The reference for authors is
docs/mappings.md.
"""

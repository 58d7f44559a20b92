"""Readers: files as people send them, into canonical facts.

`folder.read_folder` reads a folder of CSV, XLSX, Parquet and JSON lines; what is wrong with it stands in
`faults.Faults` and, in the sender's own layout, in error books 错误簿 (`book`).
"""

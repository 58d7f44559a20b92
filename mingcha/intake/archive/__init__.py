"""归档: closed months moved out of the live tables into Parquet files, and back.

    archive a month -> choose the cases that nothing keeps -> files and manifest -> read again and compared
                    -> out of the tables, a few hundred cases a transaction, each proved against the files first
    bring back      -> files proved against the manifest -> into the tables, the very rows (ids, both times, sealed)

`ArchivedCase` says of every case that is in files alone: whoever searches for it is told so. What is reported of such
a case later brings it back first (`returning.bring_back`), so that nothing depends on where a case lies.
"""

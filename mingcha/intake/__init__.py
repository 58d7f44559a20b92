"""The store that forgets nothing: the fact tables in two times, the batches that fill them, and the ways in."""

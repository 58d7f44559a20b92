"""Certificates 判定书: one finding with everything it rests on, to be recomputed anywhere, offline.

`issue` makes them, `verify` recomputes them; `docs/certificates.md` is the format.
"""

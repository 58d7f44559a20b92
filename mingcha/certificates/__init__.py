"""Certificates 判定书: one finding with everything it rests on, to be recomputed anywhere, offline.

`issue` makes them, `verify` recomputes them; `document` says what they are made of.
"""

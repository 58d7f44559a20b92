"""Plantings by pack, one file each: every function breaks one rule and says what judging must then find."""

"""Puts this folder and the one above on the path for what tests share: with importmode=importlib neither is."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

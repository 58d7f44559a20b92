"""Lets the tests of this folder share walk.py: with importmode=importlib no test folder is on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

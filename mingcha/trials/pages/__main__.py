"""`python -m mingcha.trials.pages docs`: write the generated pages anew."""

from __future__ import annotations

import sys
from pathlib import Path

from mingcha.trials.pages.catalogue import catalogue_page
from mingcha.trials.pages.language import language_page

PAGES = {"rules.md": language_page, "catalogue.md": catalogue_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (Path(sys.argv[1]) / name).write_text(page(), encoding="utf-8")

"""不可判定: verdicts that cannot be reached, and why; never green."""

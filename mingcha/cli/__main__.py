"""`python -m mingcha.cli`: the command, where its script is not on the path."""

from mingcha.cli import main

main()

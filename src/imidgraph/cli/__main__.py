"""Runs the command line as ``python -m imidgraph.cli``."""

from imidgraph.cli import main

if __name__ == "__main__":
    main()

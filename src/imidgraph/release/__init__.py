"""Release: the graph built from its sources, and published."""

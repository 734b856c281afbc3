"""The explorer: pages for people, and the same things for machines, at the addresses of the graph."""

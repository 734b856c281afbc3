"""Knowledge: what a graph holds, read from any store."""

"""The tools for agents: a few questions, answered with sentences, sources and what is not curated (Model Context Protocol)."""

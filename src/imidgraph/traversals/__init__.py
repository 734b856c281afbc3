"""Traversals: what a knowledge graph can do as a network of entities."""

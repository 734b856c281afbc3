"""Prose: how one statement is told."""

"""Prose: how one statement is told."""

NOT_ADVICE = "This is a summary of published sources, not medical advice. Ask a doctor or pharmacist."
"""The line that stands wherever a person could take an answer as advice."""

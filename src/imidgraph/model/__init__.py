"""The values of the graph: terms, sources, evidence and statements, frozen and typed, and nothing but values.

How a statement is told in words is the matter of `prose`, how it is laid out that of `pages`.
"""

from imidgraph.model.evidence import Evidence, Frequency, attributes, strength
from imidgraph.model.statement import CATEGORIES, GenerationAssignment, Indication, MechanismOfAction, Risk, Statement
from imidgraph.model.terms import Date, Relation, Source, Term, plain

__all__ = [
    "CATEGORIES",
    "Date",
    "Evidence",
    "Frequency",
    "GenerationAssignment",
    "Indication",
    "MechanismOfAction",
    "Relation",
    "Risk",
    "Source",
    "Statement",
    "Term",
    "attributes",
    "plain",
    "strength",
]

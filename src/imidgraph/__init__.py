"""imidgraph: the knowledge graph of the immunomodulatory imide drugs.

>>> import imidgraph
>>> kg = imidgraph.load()
>>> kg.entity("Revlimid").label
'lenalidomide'
"""

from typing import TYPE_CHECKING

from imidgraph.lazy import attributes

if TYPE_CHECKING:
    from imidgraph.answers import Answer
    from imidgraph.errors import (
        AmbiguousLabel,
        EndpointError,
        EntityNotFound,
        ExportError,
        ImidgraphError,
        MissingExtra,
        MissingProgram,
        OntologyError,
        PathNotFound,
        QueryError,
        QueryNotFound,
        QueryTimeout,
        WorkerError,
    )
    from imidgraph.formats import Written
    from imidgraph.formats.elements import Edge, Node
    from imidgraph.formats.projection import Projection
    from imidgraph.graph import KnowledgeGraph
    from imidgraph.knowledge.entities import Entity
    from imidgraph.knowledge.lookups import Mentions, Search, Statements, Status
    from imidgraph.knowledge.mentions import Match, Mention
    from imidgraph.knowledge.names import Names
    from imidgraph.knowledge.network import Network
    from imidgraph.knowledge.sections import Section
    from imidgraph.knowledge.solutions import Solutions
    from imidgraph.knowledge.stats import Count, Stats
    from imidgraph.knowledge.validation import Validation, Violation
    from imidgraph.loading import connect, load
    from imidgraph.model import (
        Evidence,
        Frequency,
        GenerationAssignment,
        Indication,
        MechanismOfAction,
        Relation,
        Risk,
        Source,
        Statement,
        Term,
    )
    from imidgraph.pages.picture import Picture
    from imidgraph.rdf import Iri
    from imidgraph.sparql.catalog import Catalog, Column, Parameter, Queries, Query
    from imidgraph.sparql.results import Results, Triples
    from imidgraph.traversals.centrality import Centrality, Communities, Ranked
    from imidgraph.traversals.chains import Chain, Hop
    from imidgraph.traversals.compare import Aspect, Comparison
    from imidgraph.traversals.explanation import Explanation
    from imidgraph.traversals.neighborhood import Neighborhood
    from imidgraph.traversals.paths import Path, Paths, Step
    from imidgraph.traversals.similar import Likeness, Similar
    from imidgraph.traversals.trials import Duel
    from imidgraph.traversals.why import Reason, Why
    from imidgraph.traversals.without import Outcome, Without

__version__ = "0.1.0"

_HOMES = {
    "answers": "Answer",
    "errors": "AmbiguousLabel EndpointError EntityNotFound ExportError ImidgraphError MissingExtra "
    "MissingProgram OntologyError PathNotFound QueryError QueryNotFound QueryTimeout WorkerError",
    "formats": "Written",
    "formats.elements": "Edge Node",
    "formats.projection": "Projection",
    "graph": "KnowledgeGraph",
    "knowledge.entities": "Entity",
    "knowledge.lookups": "Mentions Search Statements Status",
    "knowledge.mentions": "Match Mention",
    "knowledge.names": "Names",
    "knowledge.network": "Network",
    "knowledge.sections": "Section",
    "knowledge.solutions": "Solutions",
    "knowledge.stats": "Count Stats",
    "knowledge.validation": "Validation Violation",
    "loading": "connect load",
    "model": "Evidence Frequency GenerationAssignment Indication MechanismOfAction Relation Risk Source Statement Term",
    "pages.picture": "Picture",
    "rdf": "Iri",
    "sparql.catalog": "Catalog Column Parameter Queries Query",
    "sparql.results": "Results Triples",
    "traversals.centrality": "Centrality Communities Ranked",
    "traversals.chains": "Chain Hop",
    "traversals.compare": "Aspect Comparison",
    "traversals.explanation": "Explanation",
    "traversals.neighborhood": "Neighborhood",
    "traversals.paths": "Path Paths Step",
    "traversals.similar": "Likeness Similar",
    "traversals.trials": "Duel",
    "traversals.why": "Reason Why",
    "traversals.without": "Outcome Without",
}
"""The modules in which the names of the package are at home; each is imported when a name of it is first used."""

__getattr__ = attributes(__name__, {name: home for home, names in _HOMES.items() for name in names.split()})

__all__ = [
    "AmbiguousLabel",
    "Answer",
    "Aspect",
    "Catalog",
    "Centrality",
    "Chain",
    "Column",
    "Communities",
    "Comparison",
    "Count",
    "Duel",
    "Edge",
    "EndpointError",
    "Entity",
    "EntityNotFound",
    "Evidence",
    "Explanation",
    "ExportError",
    "Frequency",
    "GenerationAssignment",
    "Hop",
    "ImidgraphError",
    "Indication",
    "Iri",
    "KnowledgeGraph",
    "Likeness",
    "Match",
    "MechanismOfAction",
    "Mention",
    "Mentions",
    "MissingExtra",
    "MissingProgram",
    "Names",
    "Neighborhood",
    "Network",
    "Node",
    "OntologyError",
    "Outcome",
    "Parameter",
    "Path",
    "PathNotFound",
    "Paths",
    "Picture",
    "Projection",
    "Queries",
    "Query",
    "QueryError",
    "QueryNotFound",
    "QueryTimeout",
    "Ranked",
    "Reason",
    "Relation",
    "Results",
    "Risk",
    "Search",
    "Section",
    "Similar",
    "Solutions",
    "Source",
    "Statement",
    "Statements",
    "Stats",
    "Status",
    "Step",
    "Term",
    "Triples",
    "Validation",
    "Violation",
    "Why",
    "Without",
    "WorkerError",
    "Written",
    "__version__",
    "connect",
    "load",
]


def __dir__() -> list[str]:
    return __all__

"""imidgraph: the knowledge graph of the immunomodulatory imide drugs.

>>> import imidgraph
>>> kg = imidgraph.load()
>>> kg.entity("Revlimid").label
'lenalidomide'
"""

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
from imidgraph.graph import KnowledgeGraph
from imidgraph.loading import connect, load

__version__ = "0.1.0"

__all__ = [
    "AmbiguousLabel",
    "EndpointError",
    "EntityNotFound",
    "ExportError",
    "ImidgraphError",
    "KnowledgeGraph",
    "MissingExtra",
    "MissingProgram",
    "OntologyError",
    "PathNotFound",
    "QueryError",
    "QueryNotFound",
    "QueryTimeout",
    "WorkerError",
    "__version__",
    "connect",
    "load",
]

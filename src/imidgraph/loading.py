"""Loading: the ways to a graph, from the package, a file, a disk store or an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from imidgraph import resources
from imidgraph.graph import KnowledgeGraph
from imidgraph.sparql.catalog import Catalog
from imidgraph.stores import Guard
from imidgraph.stores.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from imidgraph.knowledge.indexed import Document


def load(path: str | Path | None = None) -> KnowledgeGraph:
    """Load the graph that ships with imidgraph, or another one.

    Parameters
    ----------
    path : str or Path, optional
        An RDF file or a disk store; the graph that ships with imidgraph if left out.

    Raises
    ------
    OntologyError
        Where the file is not there or cannot be parsed.

    Examples
    --------
    >>> import imidgraph
    >>> len(imidgraph.load()) > 1000
    True
    """
    source = Path(path or resources.RELEASE)
    return KnowledgeGraph(OxigraphStore.open(source), _guard(source), Catalog(resources.QUERIES))


def load_indexed(path: Path, document: Document) -> KnowledgeGraph:
    """Load a graph with the index of its names; see `knowledge.indexed`."""
    from imidgraph.knowledge.indexed import IndexedNames

    store = OxigraphStore.open(path)
    graph = KnowledgeGraph(store, _guard(path), Catalog(resources.QUERIES))
    graph.names = IndexedNames(store, document)
    return graph


def _guard(source: Path) -> Callable[[], Guard]:
    """Give what makes the worker for free queries on a graph, when the first one comes."""

    def guard() -> Guard:
        from imidgraph.workers.worker import WorkerStore

        return WorkerStore(source)

    return guard


def connect(url: str, graph: str | None = None, auth: tuple[str, str] | None = None, timeout: float = 30.0) -> KnowledgeGraph:
    """Connect to the graph on a SPARQL 1.1 endpoint: a server, a cluster, or `imidgraph serve`.

    Parameters
    ----------
    url : str
        The address of the endpoint, such as ``http://127.0.0.1:8890/sparql``.
    graph : str, optional
        The IRI of the named graph to ask; the default graph of the server if left out.
    auth : tuple of str and str, optional
        User and password.
    timeout : float
        Seconds that a query may take.

    Raises
    ------
    EndpointError
        Where the address is not a URL; later, if the endpoint gives no valid answer.

    Examples
    --------
    >>> import imidgraph
    >>> imidgraph.connect("localhost/sparql")
    Traceback (most recent call last):
    imidgraph.errors.EndpointError: The endpoint localhost/sparql ...: not a URL. It must start with http:// or https://.
    """
    from imidgraph.stores.endpoint import EndpointStore

    store = EndpointStore(url, graph, auth, timeout)
    return KnowledgeGraph(store, lambda: store, Catalog(resources.QUERIES))

"""Commands for graphs elsewhere and for clients: store on disk, push to a server, serve, tools for agents."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imidgraph.cli.group import opened, stoppable
from imidgraph.cli.output import progress_bar, say
from imidgraph.errors import MissingExtra
from imidgraph.limits import LIMIT, TIMEOUT
from imidgraph.resources import RELEASE

if TYPE_CHECKING:
    from imidgraph.graph import KnowledgeGraph


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--to", "directory", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder of the store."
)
@click.option("--beside", is_flag=True, help="Also store the graph that ships with imidgraph.")
def store(files: tuple[Path, ...], directory: Path, beside: bool) -> None:
    """Store FILES on disk as a graph that can be queried.

    For graphs too large to parse at each start.

    FILES are Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD, KGX (..._nodes.tsv and ..._edges.tsv, or .jsonl) or node-link
    JSON, also packed with gzip or zstd. With --beside, things of KGX and node-link JSON whose identifiers are
    exact matches of ours become ours. The store that is there is replaced when the new one is whole. Ask it with --graph:

    \b
      imidgraph store big.nt.gz --to big
      imidgraph store other_nodes.tsv other_edges.tsv --beside --to joined
      imidgraph --graph big sparql 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }'
    """
    import tempfile

    from imidgraph.formats.readers import as_rdf, own_entities
    from imidgraph.loading import load
    from imidgraph.stores.disk import build_store

    if not files and not beside:
        raise click.UsageError("Name a file, or store the graph that ships with imidgraph with --beside.")
    entities = own_entities(load().triples()) if beside else None
    with stoppable(), tempfile.TemporaryDirectory(prefix="imidgraph-") as folder:
        paths = [*([RELEASE] if beside else []), *as_rdf(files, Path(folder), entities)]
        with progress_bar("storing", sum(path.stat().st_size for path in paths if path.exists())) as progress:
            size = build_store(paths, directory, progress)
    say(f"Stored {size} triples in {directory}.")


@click.command()
@click.argument("url")
@click.option("--into", "name", default="https://w3id.org/imidgraph/", show_default=True, help="The named graph to replace.")
@click.option("--user", help="The user name; the password is read from the variable IMIDGRAPH_PASSWORD or a prompt.")
@click.option("--update", is_flag=True, help="Use SPARQL Update instead of the Graph Store Protocol.")
def push(url: str, name: str, user: str | None, update: bool) -> None:
    """Load the graph into the server at URL.

    Uses the graph store of the server or, with --update, its update endpoint.

    \b
    For example, to Virtuoso on this machine:
      imidgraph push http://127.0.0.1:8890/sparql-graph-crud-auth --user dba
    """
    from imidgraph.stores.http import without_password
    from imidgraph.stores.upload import insert_graph, put_graph

    # Not an option: what stands on a command line, everybody on the machine can read.
    password = os.environ.get("IMIDGRAPH_PASSWORD")
    if user is not None and password is None:
        password = click.prompt("Password", hide_input=True, err=True)
    auth = (user, password or "") if user is not None else None
    graph = opened(whole=True)
    (insert_graph if update else put_graph)(url, name, graph.triples(), auth)
    say(f"Loaded {len(graph)} triples into the graph {name} at {without_password(url)}.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="Number of queries to answer at the same time."
)
@click.option(
    "--waiting",
    type=click.IntRange(0),
    default=32,
    show_default=True,
    help="Number of requests that may wait before the server says that it is busy.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=TIMEOUT,
    show_default=True,
    help="Time limit of a query in seconds.",
)
@click.option(
    "--limit", type=click.IntRange(0), default=10 * LIMIT, show_default=True, help="Maximum number of rows in an answer."
)
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="A host name to accept, as a proxy passes it; * for all."
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="An origin whose pages may send queries, such as https://example.org; * for all.",
)
@click.option("--agent-sparql", "agents_query", is_flag=True, help="Also offer free SPARQL, within limits, to agents at /mcp.")
@click.option("--trust-proxy", "proxies", multiple=True, metavar="ADDRESS", help="A proxy whose X-Forwarded headers are trusted.")
@click.option("--root-path", default="", metavar="PATH", help="The path below which a proxy passes requests, such as /imid.")
def serve(
    host: str,
    port: int,
    workers: int,
    waiting: int,
    timeout: float,
    limit: int,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    agents_query: bool,
    proxies: tuple[str, ...],
    root_path: str,
) -> None:
    """Serve the graph over HTTP, read-only.

    Pages for a browser at /, a SPARQL endpoint at /sparql, the named queries at /queries, tools for agents at /mcp, and each
    thing of the graph at its own address, as a page or as data: /lenalidomide, /lenalidomide.ttl.

    Each request is logged on standard error as one line of JSON. The other routes: /health, /ready, /metrics, /version,
    /void, /catalog and /openapi.json.

    \b
    For example, a large graph for other machines:
      imidgraph --graph big serve --host 0.0.0.0 --workers 8 --timeout 30
    """
    try:
        from imidgraph.server.app import create_app
        from imidgraph.server.connections import listen, run
        from imidgraph.server.settings import Settings
    except ImportError as error:
        raise MissingExtra("starlette and uvicorn", "server") from error
    graph = click.get_current_context().find_root().params.get("graph")
    if graph is not None and "://" in graph:
        raise click.UsageError("Only a file or a disk store can be served, not another endpoint.")
    path = Path(graph) if graph else RELEASE
    settings = Settings(path, workers, waiting, timeout, limit, host, hosts, origins, agents_query)
    with listen(host, port) as listener:
        app = create_app(settings)
        say(f"Serving at http://{host}:{port}/. Stop with Ctrl-C.")
        run(app, listener, proxies, grace=int(timeout) + 2, root_path=root_path.rstrip("/"))  # no query takes longer


@click.command()
@click.option("--sparql", "free", is_flag=True, help="Also offer free SPARQL, within limits.")
def mcp(free: bool) -> None:
    """Serve tools for agents on standard input and output (MCP).

    An assistant starts this command itself: add it to the settings of the assistant.

    \b
    For example:
      {"mcpServers": {"imidgraph": {"command": "imidgraph", "args": ["mcp"]}}}
    """
    from concurrent.futures import ThreadPoolExecutor

    context = click.get_current_context()

    def open_graph() -> KnowledgeGraph:
        with context.scope(cleanup=False):  # in the thread of the opening, which has no context of its own
            return opened(serves=True)

    with ThreadPoolExecutor(1) as opening:  # the graph is opened while the SDK is imported and the client shakes hands
        graph = opening.submit(open_graph)
        try:
            from imidgraph.mcp.lean import server

            serving = server()
        except ImportError as error:
            raise MissingExtra("mcp", "mcp") from error
        serving.run(graph.result, free)


COMMANDS = (store, push, serve, mcp)

"""Commands for graphs elsewhere: load into a disk store, push to a server, serve."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from imidgraph.cli.group import opened
from imidgraph.cli.output import say
from imidgraph.errors import MissingExtra
from imidgraph.resources import RELEASE
from imidgraph.stores import LIMIT, TIMEOUT


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--store", "directory", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder of the store."
)
@click.option("--beside", is_flag=True, help="Load the graph that ships with imidgraph too, beside the files.")
def load(files: tuple[Path, ...], directory: Path, beside: bool) -> None:
    """Build a disk store from FILES, for graphs too large to parse at each start.

    FILES are Turtle, N-Triples, N-Quads, TriG, RDF/XML or JSON-LD, also packed with gzip or zstd. The store that is
    there is replaced when the new one is whole. Ask it with --graph:

    \b
      imidgraph load big.nt.gz --store big
      imidgraph --graph big sparql 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }'
    """
    from imidgraph.stores.disk import build_store

    paths = [*([RELEASE] if beside else []), *files]
    if not paths:
        raise click.UsageError("Name a file, or load the graph that ships with imidgraph with --beside.")
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("loading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("", total=sum(path.stat().st_size for path in paths if path.exists()))
            size = build_store(paths, directory, lambda read: progress.update(task, advance=read))
    else:
        size = build_store(paths, directory)
    say(f"Loaded {size} triples into {directory}.")


@click.command()
@click.argument("url")
@click.option("--into", "name", default="https://w3id.org/imidgraph/", show_default=True, help="The named graph to replace.")
@click.option("--user", help="The user; the password comes from --password or a prompt.")
@click.option("--password", envvar="IMIDGRAPH_PASSWORD", help="The password; better in the variable IMIDGRAPH_PASSWORD.")
@click.option("--update", is_flag=True, help="URL takes SPARQL Update, not the Graph Store Protocol.")
def push(url: str, name: str, user: str | None, password: str | None, update: bool) -> None:
    """Load the graph into the server at URL: its graph store, or with --update its update endpoint.

    \b
    For example, a Virtuoso on this machine:
      imidgraph push http://127.0.0.1:8890/sparql-graph-crud-auth --user dba
    """
    from imidgraph.stores.graphstore import insert_graph, put_graph

    if user is not None and password is None:
        password = click.prompt("Password", hide_input=True, err=True)
    auth = (user, password or "") if user is not None else None
    graph = opened()
    (insert_graph if update else put_graph)(url, name, graph.triples(), auth)
    say(f"Loaded {len(graph)} triples into the graph {name} at {url}.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen at.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="How many queries are answered at once.")
@click.option(
    "--waiting",
    type=click.IntRange(0),
    default=32,
    show_default=True,
    help="How many more may wait before it says that it is busy.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=TIMEOUT,
    show_default=True,
    help="Seconds that a query may take.",
)
@click.option("--limit", type=click.IntRange(0), default=10 * LIMIT, show_default=True, help="Rows that an answer may have.")
def serve(host: str, port: int, workers: int, waiting: int, timeout: float, limit: int) -> None:
    """Serve the graph: a SPARQL endpoint at /sparql, the named queries at /queries, read-only.

    Each request is logged on standard error as one line of JSON. The other routes: /health, /version, /void, /catalogue
    and /openapi.json.

    \b
    For example, a large graph for the machines around:
      imidgraph --graph big serve --host 0.0.0.0 --workers 8 --timeout 30
    """
    try:
        import uvicorn

        from imidgraph.server.app import Settings, create_app
        from imidgraph.server.log import CONFIGURATION
    except ImportError as error:
        raise MissingExtra("starlette and uvicorn", "server") from error
    graph = click.get_current_context().find_root().params.get("graph")
    if graph is not None and "://" in graph:
        raise click.UsageError("Only a file or a disk store can be served, not another endpoint.")
    app = create_app(Settings(Path(graph) if graph else RELEASE, workers, waiting, timeout, limit))
    say(f"Serving at http://{host}:{port}/sparql. Stop with Ctrl-C.")
    grace = int(timeout) + 2  # no query takes longer
    uvicorn.run(app, host=host, port=port, log_config=CONFIGURATION, access_log=False, timeout_graceful_shutdown=grace)


COMMANDS = (load, push, serve)

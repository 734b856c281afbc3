"""The command line: the verbs of the Python interface, one command each."""

from __future__ import annotations

import click

from imidgraph import __version__
from imidgraph.cli import lookups, queries, release, stores, traversals
from imidgraph.cli.group import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="imidgraph")
@click.option("--graph", envvar="IMIDGRAPH_GRAPH", help="Another graph: an RDF file, a disk store or the address of an endpoint.")
def main(graph: str | None) -> None:
    """Ask the knowledge graph of the IMiD drugs.

    Thalidomide, lenalidomide, pomalidomide and their successors: drugs, generations, mechanisms, indications, risks
    and articles. Every statement names its source. This is not medical advice.

    \b
    Start with:
      imidgraph show revlimid
      imidgraph queries list
      imidgraph run boxed-warnings
    """


for command in (*lookups.COMMANDS, *traversals.COMMANDS, *queries.COMMANDS, *release.COMMANDS, *stores.COMMANDS):
    main.add_command(command)

"""Tables: traversals in SQL over the Parquet export find what NetworkX finds, in DuckDB and in Spark."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from imidgraph import EntityNotFound, KnowledgeGraph, OntologyError, PathNotFound, QueryError, tables
from imidgraph.errors import QueryTimeout
from imidgraph.tables import TableGraph

NODES = ["imid:a", "imid:b's", 'imid:"c"', "imid:d;--", "imid:é", "imid:f"]
EDGES = st.lists(
    st.tuples(
        st.sampled_from(NODES),
        st.sampled_from(["imid:binds", "imid:causes", "imid:isAbout"]),
        st.sampled_from(NODES),
        st.booleans(),
    ),
    max_size=14,
)


def written(folder: Path, edges: list[tuple[str, str, str, bool]], is_marked: bool = True) -> str:
    """Write edges as an export writes them, without what traversals do not look at."""
    named = [{"id": node, "label": node.removeprefix("imid:"), "category": "Protein"} for node in NODES]
    parquet.write_table(pyarrow.Table.from_pylist(named), folder / "graph_nodes.parquet")
    fields = [(name, pyarrow.string()) for name in ("subject", "predicate", "object")]
    schema = pyarrow.schema([*fields, ("negated", pyarrow.bool_())] if is_marked else fields)
    rows = [dict(zip(("subject", "predicate", "object", "negated"), edge, strict=True)) for edge in edges]
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), folder / "graph_edges.parquet")
    return str(folder / "graph.parquet")


def joined(edges: list[tuple[str, str, str, bool]], predicates: list[str], directed: bool) -> Any:
    """The same edges in NetworkX."""
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_nodes_from(NODES)
    graph.add_edges_from(
        (subject, object)
        for subject, predicate, object, negated in edges
        if not negated and predicate != "imid:isAbout" and (not predicates or predicate.removeprefix("imid:") in predicates)
    )
    return graph


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(EDGES, st.sampled_from([[], ["binds"], ["binds", "causes"]]), st.booleans(), st.integers(0, 4))
def test_duckdb_finds_what_networkx_finds(
    tmp_path: Path, edges: list[tuple[str, str, str, bool]], predicates: list[str], directed: bool, hops: int
) -> None:
    graph = joined(edges, predicates, directed)
    with tables.open(written(tmp_path, edges)) as found:
        for node in NODES:
            around = {row[1]: row[0] for row in found.neighborhood(node, hops, predicates, directed).rows}
            assert around == networkx.single_source_shortest_path_length(graph, node, cutoff=hops)
        for start, end in itertools.product(NODES[:3], NODES[2:]):
            expected = {tuple(path) for path in networkx.all_simple_paths(graph, start, end, cutoff=max(hops, 1)) if start != end}
            if expected:
                rows = found.paths(start, end, max(hops, 1), predicates, directed).rows
                assert {tuple(node for node in row[1:] if node) for row in rows} == expected
                assert [row[0] for row in rows] == sorted(len(path) - 1 for path in expected)
            else:
                with pytest.raises(PathNotFound):
                    found.paths(start, end, max(hops, 1), predicates, directed)


@pytest.fixture(scope="module")
def exported(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("tables") / "imid.parquet"
    kg.write(path)
    return str(path)


@pytest.fixture(scope="module")
def on_duckdb(exported: str) -> Iterator[TableGraph]:
    with tables.open(exported) as graph:
        yield graph


def held(kg: KnowledgeGraph) -> list[str]:
    """The relations that the network has edges of."""
    kg.network.fetch_all()
    return sorted({relation for _, relation, _ in kg.network.edges()})


def test_the_tables_of_the_release_agree_with_the_graph(kg: KnowledgeGraph, on_duckdb: TableGraph) -> None:
    relations = held(kg)
    rows = on_duckdb.neighborhood("lenalidomide", 2, relations).rows
    assert sorted(rows) == sorted(kg.neighborhood("lenalidomide", hops=2, limit=10_000).rows)
    paths = on_duckdb.paths("thalidomide", "pomalidomide", 3, relations, limit=10_000)
    assert len(paths.rows) == len(kg.paths("thalidomide", "pomalidomide", max_length=3, limit=10_000))
    counted = [name for pillar in ("mechanisms", "risks", "indications") for name in kg.network.relations_of(pillar)]
    alike = on_duckdb.similar("lenalidomide", sorted(set(counted) & set(relations)), limit=5)
    expected = kg.similar("lenalidomide", limit=5)
    assert [row[0] for row in alike.rows] == [item.entity.curie for item in expected]
    assert [row[2] for row in alike.rows] == pytest.approx([item.score for item in expected])


def test_what_is_cut_says_so(on_duckdb: TableGraph) -> None:
    assert on_duckdb.neighborhood("lenalidomide", 2, limit=3).limit == "cut at 3 entities; there are more"
    assert on_duckdb.paths("thalidomide", "pomalidomide", limit=2).limit == "cut at 2 paths; there are more"
    assert on_duckdb.similar("lenalidomide", limit=1).limit == "cut at 1 entities; there are more"
    assert on_duckdb.neighborhood("lenalidomide", 0).limit is None
    frame = on_duckdb.neighborhood("lenalidomide", 1).to_pandas()
    assert list(frame.columns) == ["distance", "entity", "label", "category"]


def test_edges_that_no_column_marks_as_negated_are_followed(tmp_path: Path) -> None:
    edges = [("imid:a", "imid:binds", "imid:f", False)]
    with tables.open(written(tmp_path, edges, is_marked=False)) as graph:
        assert [row[1] for row in graph.neighborhood("a", 3).rows] == ["imid:a", "imid:f"]


def test_what_is_wrong_is_one_line(on_duckdb: TableGraph, tmp_path: Path) -> None:
    with pytest.raises(EntityNotFound):
        on_duckdb.neighborhood("nothing' OR 1=1 --")
    with pytest.raises(PathNotFound):
        on_duckdb.paths("lenalidomide", "imid:first-generation", 1)
    for wrong in ({"hops": -1}, {"limit": 0}, {"hops": 1.5}):
        with pytest.raises(QueryError):
            on_duckdb.neighborhood("lenalidomide", **wrong)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match=r"Choose from duckdb, spark\."):
        tables.open("imid.parquet", "sqlite")
    with pytest.raises(OntologyError, match="is not there"):
        tables.open(str(tmp_path / "imid.parquet"))
    for name in ("nodes", "edges"):
        (tmp_path / f"imid_{name}.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(OntologyError, match="cannot be read as Parquet"):
        tables.open(str(tmp_path / "imid.parquet"))


def test_files_of_others_are_told_which_columns_they_lack(tmp_path: Path) -> None:
    for name in ("nodes", "edges"):
        parquet.write_table(pyarrow.table({"x": ["y"]}), tmp_path / f"other_{name}.parquet")
    with pytest.raises(OntologyError, match=r"has no column id\. Export the graph again\."):
        tables.open(str(tmp_path / "other.parquet"))


def test_time_is_bounded(exported: str) -> None:
    with tables.open(exported, timeout=0.001) as graph, pytest.raises(QueryTimeout):
        graph.paths("lenalidomide", "pomalidomide", 6)


@pytest.mark.filterwarnings("ignore::FutureWarning:pyspark.*")
def test_spark_answers_as_duckdb_does(exported: str, on_duckdb: TableGraph) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is missing")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    try:
        with tables.open(exported, "spark") as on_spark:
            for ask in (
                lambda graph: graph.neighborhood("lenalidomide", 2),
                lambda graph: graph.neighborhood("IKZF1", 2, ["degrades", "binds"], directed=True),
                lambda graph: graph.paths("thalidomide", "pomalidomide", 2),
            ):
                assert ask(on_spark).rows == ask(on_duckdb).rows
            one, other = (
                graph.similar("lenalidomide", ["degrades", "approvedFor"]).to_pandas() for graph in (on_spark, on_duckdb)
            )
            assert list(one["entity"]) == list(other["entity"])
            assert list(one["score"]) == pytest.approx(list(other["score"]))
            with pytest.raises(EntityNotFound):
                on_spark.neighborhood("nothing' OR 1=1 --")
        with pytest.raises(OntologyError, match="cannot be read as Parquet"):
            tables.open(exported.replace("imid.", "nothing."), "spark")
        assert session.sql("SELECT 1").count() == 1, "a session of others stays open"
    finally:
        session.stop()

"""Tables and databases: sqlite3, duckdb, pyarrow and polars read back every row, and Neo4j's grammars hold."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import polars
import pytest
from hypothesis import HealthCheck, given, settings
from pyarrow import parquet
from pyoxigraph import Triple

from imidgraph import KnowledgeGraph, formats
from imidgraph.formats import FORMATS
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import edge_records, evidence_records, flat, node_records, plain_text, safe_names
from tests import graphs

MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
Rows = list[dict[str, Any]]


def _records(graph: Projection) -> dict[str, Rows]:
    return {
        "nodes": list(node_records(graph)),
        "edges": list(edge_records(graph, evidence=False)),
        "evidence": list(evidence_records(graph)),
    }


def _present(rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


@given(found=graphs.triples())
def test_csv_reads_back_in_python(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    for (tail, stream), rows in zip(FORMATS["csv"].streams(graph).items(), _records(graph).values(), strict=True):
        text = b"".join(stream).decode()
        read = list(csv.DictReader(io.StringIO(text, newline="")))
        expected = [{name: plain_text(value) for name, value in flat(row).items()} for row in rows]
        assert [{name: row[name] for name in want} for row, want in zip(read, expected, strict=True)] == expected, tail


@MANY
@given(found=graphs.triples())
def test_csv_reads_back_in_duckdb(found: list[Triple], tmp_path: Path) -> None:
    graph = graphs.projection(found)
    paths = formats.write(graph, tmp_path / "g.csv").paths
    for path, rows in zip(paths, _records(graph).values(), strict=True):
        if "\x00" in path.read_text(encoding="utf-8"):
            continue  # duckdb takes no such sign in a CSV file
        relation = duckdb.read_csv(
            str(path),
            header=True,
            all_varchar=True,
            delimiter=",",
            quotechar='"',
            escapechar='"',
            strict_mode=False,
            normalize_names=False,
        )
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))  # duckdb tells names apart without their case
        read = [dict(zip(header, row, strict=True)) for row in relation.fetchall()]
        expected = [{name: plain_text(value) for name, value in flat(row).items()} for row in rows]
        found_rows = [[row[name] or "" for name in want] for row, want in zip(read, expected, strict=True)]
        assert found_rows == [list(want.values()) for want in expected]


@MANY
@given(found=graphs.triples())
def test_parquet_reads_back_in_pyarrow_polars_and_duckdb(found: list[Triple], tmp_path: Path) -> None:
    graph = graphs.projection(found)
    paths = formats.write(graph, tmp_path / "g.parquet").paths
    for path, rows in zip(paths, _records(graph).values(), strict=True):
        table = parquet.read_table(path)
        assert _present(table.to_pylist()) == rows
        assert table.schema.metadata[b"imidgraph"].decode() == graph.version
        assert _present(polars.read_parquet(path).to_dicts()) == rows
        relation = duckdb.read_parquet(str(path))
        assert relation.count("*").fetchall() == [(len(rows),)]


@MANY
@given(found=graphs.triples())
def test_sqlite_reads_back(found: list[Triple], tmp_path: Path) -> None:
    graph = graphs.projection(found)
    (path,) = formats.write(graph, tmp_path / "g.sqlite").paths
    columns = {"nodes": graph.node_columns, "edges": graph.edge_columns, "evidence": graph.evidence_columns}
    first = {
        "nodes": ["id", "label", "category"],
        "edges": ["id", "subject", "predicate", "object", "category"],
        "evidence": ["id", "edge"],
    }
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for table, rows in _records(graph).items():
            names = safe_names([*first[table], *(column.name for column in columns[table] if column.name not in first[table])])
            read = [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")]
            expected = [{names[name]: value for name, value in flat(row).items()} for row in rows]
            assert [{name: row[name] for name in want} for row, want in zip(read, expected, strict=True)] == expected


def test_sqlite_answers_who_says_so(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.sqlite").paths
    question = """
        SELECT DISTINCT evidence.source FROM edges JOIN evidence ON evidence.edge = edges.id
        JOIN nodes AS drug ON drug.id = edges.subject JOIN nodes AS protein ON protein.id = edges.object
        WHERE drug.label = 'lenalidomide' AND edges.predicate = 'imid:degrades' AND protein.label = 'CSNK1A1'
    """
    with closing(sqlite3.connect(path)) as connection:
        assert ("pubmed:26131937",) in connection.execute(question).fetchall()
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}"))
    assert "SCAN" not in plan


def test_duckdb_joins_nodes_edges_and_evidence(kg: KnowledgeGraph, tmp_path: Path) -> None:
    nodes, edges, evidence = (str(path) for path in kg.write(tmp_path / "imid.parquet").paths)
    found = duckdb.sql(f"""
        SELECT drug.label, max(item.percent) FROM '{edges}' AS risk
        JOIN '{nodes}' AS drug ON drug.id = risk.subject JOIN '{evidence}' AS item ON item.edge = risk.id
        WHERE risk.boxedWarning AND item.percent IS NOT NULL GROUP BY drug.label ORDER BY drug.label
    """).fetchall()
    assert {"lenalidomide", "thalidomide"} <= {label for label, _ in found}
    assert all(0 < percent <= 100 for _, percent in found)


# https://neo4j.com/docs/operations-manual/current/import/ : name:type, ID, LABEL, START_ID, END_ID and TYPE
NEO4J_FIELD = re.compile(r"([A-Za-z]\w*)?:(ID|LABEL|START_ID|END_ID|TYPE)|[A-Za-z]\w*:(boolean|long|double|string)(\[\])?")


@given(found=graphs.triples())
def test_neo4j_headers_hold_the_documented_grammar(found: list[Triple]) -> None:
    graph = graphs.projection(found)
    nodes, edges = (b"".join(stream).decode() for stream in FORMATS["neo4j.csv"].streams(graph).values())
    tables = [list(csv.reader(io.StringIO(text, newline=""))) for text in (nodes, edges)]
    for header, *_ in tables:
        assert all(map(NEO4J_FIELD.fullmatch, header))
        assert len({field.partition(":")[0].lower() for field in header if field[0] != ":"}) == sum(
            field[0] != ":" for field in header
        )
    (_, *node_rows), (_, *edge_rows) = tables
    records = _records(graph)
    assert [row[0] for row in node_rows] == [row["id"] for row in records["nodes"]]
    assert [tuple(row[:2]) for row in edge_rows] == [(row["subject"], row["object"]) for row in records["edges"]]
    plural = [place for place, column in enumerate(graph.node_columns) if column.plural]
    for row, record in zip(node_rows, records["nodes"], strict=True):
        for place in plural:
            values = record.get(graph.node_columns[place].name, [])
            assert len(row[3 + place].split("\x1f") if values else []) == len(values)


STRING = r'"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"'


def test_a_cypher_script_is_statements_of_three_kinds(kg: KnowledgeGraph) -> None:
    text = kg.serialize("cypher").decode()
    plain = re.sub(STRING, "''", text)  # without its texts, what is left is easy to check
    statements = [statement.strip() for statement in plain.split(";\n") if statement.strip()]
    kinds = re.compile(
        r"(// imidgraph ''\n)?CREATE CONSTRAINT entity_id IF NOT EXISTS FOR \(n:Entity\) REQUIRE n.id IS UNIQUE"
        r"|UNWIND \[[^;]*\] AS row MERGE \(n:Entity \{id: row.id\}\) SET n(:\w+, n)? \+= row.properties"
        r"|UNWIND \[[^;]*\] AS row MATCH \(s:Entity \{id: row.subject\}\), \(o:Entity \{id: row.object\}\) "
        r"MERGE \(s\)-\[r:[A-Z_]+ \{id: row.id\}\]->\(o\) SET r \+= row.properties"
    )
    assert [statement for statement in statements if not kinds.fullmatch(statement)] == []
    assert text.count("{id: ") >= sum(1 for _ in kg.projection.edges())
    assert "r:DEGRADES" in text


@pytest.mark.parametrize("format", ["csv", "sqlite", "neo4j.csv", "cypher", "parquet"])
@given(found=graphs.triples())
@settings(max_examples=10, deadline=None)
def test_order_of_insertion_does_not_matter(format: str, found: list[Triple]) -> None:
    one, two = (FORMATS[format].streams(graphs.projection(order)) for order in (found, found[::-1]))
    assert [b"".join(stream) for stream in one.values()] == [b"".join(stream) for stream in two.values()]

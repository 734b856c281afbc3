"""Parquet: typed tables of nodes, edges and evidence, for pandas, polars, DuckDB and Spark; lists stay lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from imidgraph.errors import MissingExtra
from imidgraph.formats.columns import Column
from imidgraph.formats.projection import Projection
from imidgraph.formats.records import EDGE_KEYS, NODE_KEYS, Record, edge_records, evidence_records, node_records

if TYPE_CHECKING:
    import pyarrow

_BATCH = 50_000  # rows of a group


def write_node_parquet(graph: Projection) -> Iterator[bytes]:
    """Write the nodes as Parquet, a row each."""
    return _write(graph, NODE_KEYS, graph.node_columns, node_records(graph))


def write_edge_parquet(graph: Projection) -> Iterator[bytes]:
    """Write the edges as Parquet, a row each, without their evidence."""
    return _write(graph, EDGE_KEYS, graph.edge_columns, edge_records(graph, evidence=False))


def write_evidence_parquet(graph: Projection) -> Iterator[bytes]:
    """Write the evidence as Parquet, a row each, with the id of its edge."""
    columns = tuple(column for column in graph.evidence_columns if column.name != "id")
    return _write(graph, ("id", "edge"), columns, evidence_records(graph))


class _Pipe:
    """A file that gives back what is written into it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def drain(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _write(graph: Projection, keys: tuple[str, ...], columns: tuple[Column, ...], records: Iterable[Record]) -> Iterator[bytes]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    fields = [pyarrow.field(key, pyarrow.string(), nullable=False) for key in keys]
    fields += [pyarrow.field(column.name, _type(column)) for column in columns]
    schema = pyarrow.schema(fields, metadata={"imidgraph": graph.version})
    pipe = _Pipe()
    remaining = iter(records)
    with parquet.ParquetWriter(pyarrow.PythonFile(pipe, "w"), schema, compression="zstd") as writer:
        while batch := list(islice(remaining, _BATCH)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
            yield pipe.drain()
    yield pipe.drain()


def _type(column: Column) -> pyarrow.DataType:
    import pyarrow

    types = {
        "boolean": pyarrow.bool_(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "string": pyarrow.string(),
    }
    return pyarrow.list_(types[column.type]) if column.plural else types[column.type]

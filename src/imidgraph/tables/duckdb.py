"""DuckDB: the tables of a graph on one machine."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from imidgraph.answers import Row
from imidgraph.errors import MissingExtra, OntologyError, QueryTimeout
from imidgraph.tables.graph import Values

_VALUE = re.compile(r":([a-z]+\d*)")
_SETTINGS: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}  # they would come from the network


class DuckDB:
    """An engine in this process.

    Raises
    ------
    MissingExtra
        Where DuckDB is not installed.
    """

    def __init__(self) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise MissingExtra("duckdb", "duckdb") from error
        self._duckdb = duckdb
        self._connection = duckdb.connect(config=_SETTINGS)

    def open(self, name: str, path: str) -> list[str]:
        """Give a Parquet file a name, and say which columns it has."""
        if not Path(path).is_file():
            raise OntologyError(f"{path} is not there. Write it with: imidgraph export NAME.parquet")
        try:
            table = self._connection.read_parquet(path)
            table.create_view(name)
        except self._duckdb.Error as error:
            raise OntologyError(f"{path} cannot be read as Parquet: {error}. Export the graph again.") from error
        return list(table.columns)

    def name(self, name: str, sql: str) -> None:
        """Give a query without values a name; it is answered whenever the name is used."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

    def keep(self, name: str, sql: str, values: Values, timeout: float) -> int:
        """Answer a query, keep its rows under a name, and count them."""
        return int(self.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", values, timeout)[0][0])

    def rows(self, sql: str, values: Values, timeout: float) -> list[Row]:
        """Answer a query."""
        watch = threading.Timer(timeout, self._connection.interrupt)
        watch.start()
        try:
            return self._connection.execute(_VALUE.sub(r"$\1", sql), dict(values)).fetchall()
        except self._duckdb.InterruptException as error:
            raise QueryTimeout(timeout) from error
        finally:
            watch.cancel()

    def close(self) -> None:
        """Let go of what was opened and kept."""
        self._connection.close()

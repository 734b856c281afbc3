"""Apache Spark: the tables of a graph on a cluster, or in some processes of one machine."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from imidgraph.answers import Row
from imidgraph.errors import MissingExtra, OntologyError, QueryTimeout
from imidgraph.tables.graph import Values


class Spark:
    """The Spark session that is active in this process, or else a new one, which `close` ends.

    Raises
    ------
    MissingExtra
        Where PySpark is not installed.
    """

    def __init__(self) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise MissingExtra("pyspark", "spark") from error
        active = SparkSession.getActiveSession()
        self._session: Any = active or SparkSession.builder.appName("imidgraph").getOrCreate()
        self._is_ours = active is None
        self._tag = f"imidgraph-{uuid.uuid4()}"
        self._names: set[str] = set()

    def open(self, name: str, path: str) -> list[str]:
        """Give a Parquet file a name, and say which columns it has."""
        from pyspark.errors import PySparkException

        try:
            table = self._session.read.parquet(path)
        except PySparkException as error:
            raise OntologyError(
                f"{path} cannot be read as Parquet: {error}. Export the graph with: imidgraph export NAME.parquet"
            ) from error
        self._call(name, table)
        return list(table.columns)

    def name(self, name: str, sql: str) -> None:
        """Give a query without values a name; it is answered whenever the name is used."""
        self._call(name, self._session.sql(sql))

    def keep(self, name: str, sql: str, values: Values, timeout: float) -> int:
        """Answer a query, keep its rows under a name, and count them."""
        table = self._run(lambda: self._session.sql(sql, args=dict(values)).localCheckpoint(), timeout)
        self._call(name, table)
        return int(self._run(table.count, timeout))

    def rows(self, sql: str, values: Values, timeout: float) -> list[Row]:
        """Answer a query."""
        return [tuple(row) for row in self._run(self._session.sql(sql, args=dict(values)).collect, timeout)]

    def close(self) -> None:
        """Let go of what was opened and kept."""
        if self._is_ours:
            self._session.stop()
            return
        for name in self._names:
            self._session.catalog.dropTempView(name)

    def _call(self, name: str, table: Any) -> None:
        table.createOrReplaceTempView(name)
        self._names.add(name)

    def _run(self, job: Callable[[], Any], timeout: float) -> Any:
        """Run a job of the cluster, and cancel it where it takes too long."""
        is_late = threading.Event()

        def cancel() -> None:
            is_late.set()
            self._session.interruptTag(self._tag)

        watch = threading.Timer(timeout, cancel)
        self._session.addTag(self._tag)
        watch.start()
        try:
            return job()
        except Exception as error:
            if is_late.is_set():
                raise QueryTimeout(timeout) from error
            raise
        finally:
            watch.cancel()
            self._session.removeTag(self._tag)

"""Settings: how an endpoint is run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imidgraph.stores import LIMIT, TIMEOUT


@dataclass(frozen=True)
class Settings:
    """How an endpoint is run.

    Parameters
    ----------
    path : Path
        The RDF file or disk store that it serves.
    workers : int
        How many free queries are answered at once. As many more workers answer nothing but named queries and pages.
    waiting : int
        How many more may wait.
    timeout : float
        Seconds that a query may take.
    limit : int
        Rows that an answer may have.
    host : str
        The address that it listens at.
    hosts : tuple of str
        The names that it answers to, beside its address and those of this machine.
    origins : tuple of str
        The origins whose pages may ask; ``*`` for all.
    agents_query : bool
        Whether the tools for agents offer free SPARQL too.
    """

    path: Path
    workers: int = 2
    waiting: int = 32
    timeout: float = TIMEOUT
    limit: int = 10 * LIMIT
    host: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    agents_query: bool = False

"""Finds the ontology and the queries: in a checkout, an editable install or an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# The wheel carries ontology/ and queries/ inside the package; a checkout has them at the top of the repository.
_ROOT = _PACKAGE if (_PACKAGE / "ontology").is_dir() else _PACKAGE.parents[1]

if not _PACKAGE.is_dir():
    raise ImportError(f"imidgraph reads its graph from files, and {_PACKAGE} is inside an archive. Install it, or unpack that.")

ONTOLOGY = _ROOT / "ontology"
RELEASE = ONTOLOGY / "imid.ttl"
QUERIES = _ROOT / "queries"


def query_files(directory: Path = QUERIES) -> list[Path]:
    """Give the files of the named queries in a folder, by name; ``verify/`` holds the invariants, which are none.

    Examples
    --------
    >>> "boxed-warnings" in [path.stem for path in query_files()]
    True
    """
    found = (path for path in directory.glob("*/*.rq") if path.parent.name != "verify")
    return sorted(found, key=lambda path: path.stem)

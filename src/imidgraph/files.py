"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from imidgraph.errors import ExportError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its target and rename it, so that a failure leaves the old file as it was.

    Raises
    ------
    ExportError
        Where the folder is missing or cannot be written to, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> write_whole(path, b"text")
    >>> path.read_bytes()
    b'text'
    """
    beside = None
    try:
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(beside).chmod(mode)
        Path(beside).replace(path)
        beside = None
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error}. Choose a folder that exists and that you may write to.") from error
    finally:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

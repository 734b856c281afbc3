"""Frames: what a worker and its parent send each other, a JSON message and a payload of bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

GZIP_FROM = 1024
"""Bytes from which an answer is worth packing."""
_MOST = 256 << 20  # bytes of a frame: no worker sends so many
_HEADER = struct.Struct("!II")  # the lengths of the message and of the payload


class Frame:
    """A message and its payload, put together from the parts in which they arrive.

    Examples
    --------
    >>> frame = Frame()
    >>> frame.feed(pack({"kind": "boolean"}, b"true"))
    True
    >>> frame.take()
    ({'kind': 'boolean'}, b'true')
    """

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, part: bytes) -> bool:
        """Take a part, and tell whether the frame is whole.

        Raises
        ------
        EOFError
            Where the part is empty: the other side is gone.
        OSError
            Where the frame is larger than any that is sent.
        """
        if not part:
            raise EOFError
        self._data += part
        if len(self._data) < _HEADER.size:
            return False
        size: int = sum(_HEADER.unpack_from(self._data))
        if size > _MOST:
            raise OSError(f"a frame of {size} bytes")
        return len(self._data) >= _HEADER.size + size

    def take(self) -> tuple[dict[str, Any], bytes]:
        """Give the message and its payload."""
        start, length = _HEADER.size, _HEADER.unpack_from(self._data)[0]
        with memoryview(self._data) as view:
            return json.loads(bytes(view[start : start + length])), bytes(view[start + length :])


def pack(message: dict[str, Any], payload: bytes = b"") -> bytes:
    """Write a message and its payload as one frame."""
    body = json.dumps(message).encode()
    return b"".join((_HEADER.pack(len(body), len(payload)), body, payload))


def read(source: IO[bytes]) -> dict[str, Any] | None:
    """Read the message of one frame without payload; None where no more come.

    Examples
    --------
    >>> import io
    >>> read(io.BytesIO(pack({"query": "ASK {}"})))
    {'query': 'ASK {}'}
    """
    header = source.read(_HEADER.size)
    return dict(json.loads(source.read(_HEADER.unpack(header)[0]))) if header else None

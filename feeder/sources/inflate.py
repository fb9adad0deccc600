"""Content codings (RFC 9110, 8.4.1) undone piece by piece, so that a small answer cannot become a large one in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Protocol

import brotli

from feeder.errors import FetchError

ACCEPTED = "gzip, br, deflate"
_STEP = 65_536  #: bytes made at once
_GZIP, _ZLIB, _RAW = 31, 15, -15  #: zlib's names of the wrappings


class _Undo(Protocol):
    def put(self, data: bytes, most: int) -> bytes: ...

    @property
    def whole(self) -> bool: ...


def inflate(pieces: Iterable[bytes], coding: str, limit: int) -> bytes:
    """The body that came in `pieces`, at most `limit` bytes on the way and unpacked. Raises FetchError."""
    undo = _undo(coding)
    body, came = bytearray(), 0
    for piece in pieces:
        came += len(piece)
        body += undo.put(piece, limit + 1 - len(body))
        if max(len(body), came) > limit:
            raise FetchError(f"is larger than {limit // 2**20} MB, the most that feeder reads", reached=True)
    if came and not undo.whole:
        raise FetchError("broke off in the middle", reached=True)
    return bytes(body)


def _undo(coding: str) -> _Undo:
    names = [name.strip().casefold() for name in coding.split(",") if name.strip().casefold() not in ("", "identity")]
    known: dict[str, type[_Zlib] | type[_Brotli]] = {"gzip": _Zlib, "x-gzip": _Zlib, "deflate": _Zlib, "br": _Brotli}
    if len(names) > 1 or not all(name in known for name in names):
        raise FetchError(f"is packed in a way that feeder does not know: {coding[:40]!r}", reached=True)
    return known[names[0]]() if names else _Plain()


class _Plain:
    whole = True

    def put(self, data: bytes, most: int) -> bytes:
        return data[:most]


class _Zlib:
    """gzip, in one or several members, zlib, or the bare stream that some servers call deflate."""

    def __init__(self) -> None:
        self._start = b""
        self._unpacker: zlib._Decompress | None = None

    @property
    def whole(self) -> bool:
        return self._unpacker is not None and self._unpacker.eof

    def put(self, data: bytes, most: int) -> bytes:
        if self._unpacker is None:
            self._start += data
            if len(self._start) < 2:
                return b""
            data, self._unpacker = self._start, zlib.decompressobj(_wrapping(self._start))
        made = bytearray()
        while len(made) < most:
            step = min(_STEP, most - len(made))
            try:
                piece = self._unpacker.decompress(data, step)
            except zlib.error:
                raise FetchError("is packed, and damaged", reached=True) from None
            made += piece
            data = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
            if self._unpacker.eof and data.startswith(b"\x1f\x8b"):
                self._unpacker = zlib.decompressobj(_GZIP)
            elif self._unpacker.eof or (not data and len(piece) < step):
                break
        return bytes(made)


def _wrapping(start: bytes) -> int:
    if start.startswith(b"\x1f\x8b"):
        return _GZIP
    return _ZLIB if start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0 else _RAW  # RFC 1950, 2.2


class _Brotli:
    def __init__(self) -> None:
        self._unpacker = brotli.Decompressor()

    @property
    def whole(self) -> bool:
        return bool(self._unpacker.is_finished())

    def put(self, data: bytes, most: int) -> bytes:
        made = bytearray()
        try:
            while len(made) < most and not self._unpacker.is_finished():
                if not data and self._unpacker.can_accept_more_data():
                    break
                piece: bytes = self._unpacker.process(data, output_buffer_limit=_STEP)
                made, data = made + piece, b""
        except brotli.error:
            raise FetchError("is packed, and damaged", reached=True) from None
        return bytes(made)

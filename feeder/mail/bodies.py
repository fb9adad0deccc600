"""The body of a message, encoded once for all of its recipients but for the lines that hold their own addresses.

    body = Body(parts, lengths)       for addresses of these lengths, in octets
    pieces = body.pieces(own)         whole lines; together they are the body
    body.digest(pieces)               SHA-256 of its relaxed form (RFC 6376, 3.4.4), for DKIM

base64 is made in lines of 57 octets (RFC 2045, 6.8), so an address in the middle changes its own line or two, as long as
its length is what it was. Quoted-printable starts anew after each line of the text.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from feeder.model import PREFERENCES, UNSUBSCRIBE

_ROW = 57  #: octets in a line of 76 characters of base64
_MARKS = re.compile(f"({re.escape(UNSUBSCRIBE)}|{re.escape(PREFERENCES)})")
_SPACES = re.compile(rb"[ \t]+")


class Part:
    """The text or the html of an issue; its marks stand for two addresses, `own` says which of those that are given."""

    def __init__(self, kind: str, body: str, own: tuple[int, int]) -> None:
        self._places = {UNSUBSCRIBE: own[0], PREFERENCES: own[1]}
        self._text = body.rstrip().replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") + "\r\n"
        self._legible = _is_legible(self._text.encode())
        encoding = "quoted-printable" if self._legible else "base64"
        self._head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"

    def segments(self, lengths: Sequence[int]) -> Iterator[bytes | Lines]:
        yield self._head.encode("ascii")
        yield from self._quoted() if self._legible else _rows(self._pieces(self._text), lengths)

    def _quoted(self) -> Iterator[bytes | Lines]:
        """Each line of the text that has an address in it is encoded for each recipient."""
        lines = self._text.split("\r\n")[:-1]
        for own, group in groupby(lines, key=lambda line: bool(_MARKS.search(line))):
            text = "".join(f"{line}\r\n" for line in group)
            yield Lines(tuple(self._pieces(text)), legible=True) if own else quoted_lines(text.encode())

    def _pieces(self, text: str) -> list[bytes | int]:
        return [self._places.get(piece, piece.encode()) for piece in _MARKS.split(text)]


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines before they are encoded: octets as they are, and the numbers of addresses between them."""

    pieces: tuple[bytes | int, ...]
    legible: bool  #: quoted-printable, else base64

    def encode(self, own: Sequence[bytes]) -> bytes:
        data = b"".join([own[piece] if isinstance(piece, int) else piece for piece in self.pieces])
        return quoted_lines(data) if self.legible else base64_lines(data)


class Body:
    """See above."""

    def __init__(self, parts: Sequence[Part | bytes], lengths: Sequence[int]) -> None:
        apart = ([part] if isinstance(part, bytes) else part.segments(lengths) for part in parts)
        self._segments = tuple(_joined(chain.from_iterable(apart)))
        self._relaxed = [relaxed(one) if isinstance(one, bytes) else b"" for one in self._segments]
        self._start = hashlib.sha256(self._relaxed[0])  # what stands before the first address is hashed once

    def pieces(self, own: Sequence[bytes]) -> list[bytes]:
        return [one if isinstance(one, bytes) else one.encode(own) for one in self._segments]

    def digest(self, pieces: Sequence[bytes]) -> bytes:
        found = self._start.copy()
        for fixed, piece in zip(self._relaxed[1:], pieces[1:], strict=True):
            found.update(fixed or relaxed(piece))
        return found.digest()


def relaxed(lines: bytes) -> bytes:
    """Whole lines as DKIM hashes them: white space is one space, and none at the end. No empty lines may end a body."""
    return _SPACES.sub(b" ", lines).replace(b" \r\n", b"\r\n")


def base64_lines(data: bytes) -> bytes:
    rows = [binascii.b2a_base64(data[at : at + _ROW], newline=False) for at in range(0, len(data), _ROW)]
    return b"\r\n".join([*rows, b""])


def quoted_lines(data: bytes) -> bytes:
    """`data` ends with CRLF."""
    return binascii.b2a_qp(data, istext=True)


def _is_legible(data: bytes) -> bool:
    """English is shorter and legible in quoted-printable, Kazakh and Russian are shorter in base64."""
    return len(quoted_lines(data)) * 3 <= len(data) * 4


def _joined(segments: Iterable[bytes | Lines]) -> Iterator[bytes | Lines]:
    """Neighbours that are the same for everyone become one; what is the same comes first and last."""
    waiting = b""
    for segment in segments:
        if isinstance(segment, bytes):
            waiting += segment
        else:
            yield waiting
            yield segment
            waiting = b""
    yield waiting


Hole = tuple[int, int, int]  # start and end, in octets, and which address


def _rows(pieces: Sequence[bytes | int], lengths: Sequence[int]) -> Iterator[bytes | Lines]:
    """base64: the rows that have an address in them are encoded for each recipient."""
    data, holes = bytearray(), list[Hole]()
    for piece in pieces:
        if isinstance(piece, int):
            holes.append((len(data), len(data) + lengths[piece], piece))
        data += bytes(lengths[piece]) if isinstance(piece, int) else piece
    done = 0
    for group in _neighbours(holes):
        start, end = group[0][0] // _ROW * _ROW, _row_end(group[-1])
        yield base64_lines(bytes(data[done:start]))
        yield Lines(tuple(_with_holes(data, start, min(end, len(data)), group)), legible=False)
        done = end
    yield base64_lines(bytes(data[done:]))


def _neighbours(holes: Sequence[Hole]) -> list[list[Hole]]:
    """Holes by the rows they need: two that share a row are one group."""
    groups: list[list[Hole]] = []
    for hole in holes:
        if groups and hole[0] < _row_end(groups[-1][-1]):
            groups[-1].append(hole)
        else:
            groups.append([hole])
    return groups


def _row_end(hole: Hole) -> int:
    return -(-hole[1] // _ROW) * _ROW


def _with_holes(data: bytearray, start: int, end: int, holes: Sequence[Hole]) -> Iterator[bytes | int]:
    for first, last, number in holes:
        yield bytes(data[start:first])
        yield number
        start = last
    yield bytes(data[start:end])

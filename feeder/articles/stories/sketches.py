"""A text in a few numbers, by which near-equal texts are found. Pure.

    same_text(sketch(one), sketch(other))    a cut header, a paragraph more, a few words changed

It is a bottom-k sketch (Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007) of the runs of three
words: how many different runs there are, and the smallest of their hashes. Of a text of up to 128 runs it has them all,
and nothing is estimated.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib

from feeder.language import folding

KEPT = 128  #: hashes; what is estimated from them is seldom more than 0.08 off
_RUN = 3  #: words
_SHORT = 40  #: runs; shorter texts are the same only when they are equal
_OVERLAP = 0.85  #: of the shorter text's runs, found in the longer
_LENGTH = 0.6  #: of the longer text, at least
_WORD = re.compile(r"\w+")


def sketch(text: str) -> bytes:
    """Big-endian numbers of 32 bits: how many different runs of words there are, then the smallest hashes, ascending."""
    words = _WORD.findall(folding.lower(unicodedata.normalize("NFKC", text)))
    runs = {" ".join(words[at : at + _RUN]) for at in range(max(len(words) - _RUN + 1, min(len(words), 1)))}
    hashes = sorted({_hash(run) for run in runs})
    return struct.pack(f">{1 + min(len(hashes), KEPT)}I", len(hashes), *hashes[:KEPT])


def _hash(run: str) -> int:
    """Spread evenly, and the same in every process."""
    return zlib.crc32(run.encode()) * 0x9E3779B1 & 0xFFFFFFFF


def same_text(one: bytes, other: bytes) -> bool:
    """Whether two texts are near-equal by their sketches; a text without words is like none."""
    shorter, longer = sorted((_count(one), _count(other)))
    if shorter < _SHORT:
        return shorter > 0 and one == other
    return shorter >= _LENGTH * longer and overlap(one, other) >= _OVERLAP


def overlap(one: bytes, other: bytes) -> float:
    """Which part of the shorter text is in the longer, from 0 to 1."""
    (some, *first), (more, *second) = _numbers(one), _numbers(other)
    if not some or not more:
        return 0.0
    seen = sorted({*first, *second})[: None if max(some, more) <= KEPT else KEPT]
    alike = len({*first} & {*second} & {*seen}) / len(seen)  # Jaccard's index
    return min(alike / (1 + alike) * (some + more) / min(some, more), 1.0)


def _numbers(found: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(found) // 4}I", found) if found else (0,)


def _count(found: bytes) -> int:
    return _numbers(found)[0]

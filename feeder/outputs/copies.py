"""Compressed copies beside published files, where web servers look for them: "kk/feed.atom.br", "kk/feed.atom.gz".

nginx (gzip_static, brotli_static) and Caddy (precompressed) take such a copy by its name alone: one that is not of the
file beside it would be served as if it were.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

import brotli

TEXT = frozenset(
    {".html", ".css", ".js", ".atom", ".rss", ".json", ".xml", ".svg", ".txt"}
)  #: pictures are packed already
SMALL = 1000  #: bytes; less fits into one packet anyway


def _brotli(body: bytes) -> bytes:
    """Quality 5: as fast as gzip, and a tenth smaller; the last levels take ten times as long."""
    packed: bytes = brotli.compress(body, quality=5)
    return packed


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


#: What each copy's name ends with, and how it is made: the same bytes for the same bytes.
KINDS: Mapping[str, Callable[[bytes], bytes]] = {".br": _brotli, ".gz": _gzip}


def worth(path: str, size: int) -> bool:
    """Whether a file of `size` bytes has copies."""
    return size >= SMALL and PurePosixPath(path).suffix in TEXT

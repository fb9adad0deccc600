"""The C library's memory: few heaps, and what a build needed goes back to the system.

glibc gives each thread a heap of its own, up to eight for each processor, and keeps what was freed in every one of them: a
server whose builds run now in this thread and now in that holds twice of what it needs after a day. Elsewhere (musl, macOS,
Windows) there are no such calls, and nothing is done.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_ARENA_MAX = -8  #: of mallopt(3)
_HEAPS = 2


def keep_small() -> None:
    """Before there are threads."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _HEAPS)


def give_back(*, all_of_it: bool) -> None:
    """After a build. `all_of_it` also looks for what Python itself has not let go, which takes a while."""
    if all_of_it:
        gc.collect()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)

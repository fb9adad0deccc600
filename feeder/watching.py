"""A look at the disk that says when something was saved, so that it is published at once and not at the next ring."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, DefaultFilter, watch

_log = logging.getLogger("feeder")
_QUIET = 50  #: ms without a further change, after which a save is taken for whole
_AT_MOST = 400  #: ms after which changes are told even if more follow


def start(folders: Iterable[Path], ignored: Path, changed: Callable[[Collection[Path]], None], stop: Event) -> Thread:
    """A thread that calls `changed` with the files that were saved, renamed or removed, until `stop`.

    `ignored` is the folder that feeder itself writes to. Where the system cannot watch (a limit, a network disk), the
    log says so once, and the schedule does the work.
    """
    here = tuple(folder for folder in folders if folder.is_dir())
    thread = Thread(target=_watch, args=(here, ignored, changed, stop), name="watching")
    thread.start()
    return thread


def _watch(folders: tuple[Path, ...], ignored: Path, changed: Callable[[Collection[Path]], None], stop: Event) -> None:
    usual = DefaultFilter()

    def wanted(change: Change, path: str) -> bool:
        return usual(change, path) and not Path(path).is_relative_to(ignored)

    try:
        for changes in watch(
            *folders, watch_filter=wanted, debounce=_AT_MOST, step=_QUIET, stop_event=stop, raise_interrupt=False
        ):
            changed({Path(path) for _, path in changes})
    except (OSError, RuntimeError) as error:
        _log.warning("changes are seen on the schedule only, because folders cannot be watched: %s", error)

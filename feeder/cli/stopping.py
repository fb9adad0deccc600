"""SIGTERM and Ctrl+C: work stops where nothing is lost, and at once when asked twice."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event


class Stop(Event):
    """Set by SIGTERM and Ctrl+C. Work looks at it between two articles and two files; `then` wakes who cannot look."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], None] = lambda: None

    def ask(self, *_: object) -> None:
        if self.is_set():
            raise KeyboardInterrupt  # asked twice: at once
        self.set()
        self.then()


@contextmanager
def stopping() -> Iterator[Stop]:
    """Turn SIGTERM and SIGINT into a `Stop`; without it Python as the first process of a container ignores SIGTERM."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""The progress bar: how far, how fast, how long still. On a terminal only."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[str, int, int], None]  #: what, done, in all
_WIDTH = 30  #: of the bar, in columns
_SOON = 2.0  #: seconds after which a rate says something
_OFTEN = 0.1  #: seconds between two looks of a bar that differ in the rate alone


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere. The line is empty again when the work is done or has failed."""
    stream = sys.stderr
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield silent
        return
    utf8 = (stream.encoding or "").lower().replace("-", "") == "utf8"
    try:
        yield Bar("█·" if utf8 else "#.", draw=lambda line: click.echo(f"\r{line}\033[K", nl=False, err=True))
    finally:
        click.echo("\r\033[K", nl=False, err=True)


def silent(what: str, done: int, total: int) -> None:
    """The progress of what nobody watches."""


class Bar:
    """One line that is drawn again when it looks different."""

    def __init__(self, signs: str, draw: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.signs, self.draw, self.clock = signs, draw, clock
        self._what, self._began, self._first = "", 0.0, 0
        self._drawn, self._at = "", 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = self.clock()
        if what != self._what:
            self._what, self._began, self._first = what, now, done
        filled = _WIDTH * done // total if total else _WIDTH
        percent = 100 * done // total if total else 100
        bar = f"{what:<10} [{self.signs[0] * filled}{self.signs[1] * (_WIDTH - filled)}] {percent:>3} %"
        if bar != self._drawn or now - self._at >= _OFTEN:
            self._drawn, self._at = bar, now
            self.draw(bar + pace(done - self._first, total - done, now - self._began))


def pace(done: int, left: int, seconds: float) -> str:
    """ "  1,240/s  2:05 left", when there was time enough to tell; a slow work is counted by the minute."""
    if seconds < _SOON or done <= 0:
        return ""
    rate = done / seconds
    speed = f"{rate:,.0f}/s" if rate >= 1 else f"{rate * 60:,.0f}/min"
    return f"  {speed}  {_span(round(left / rate))} left" if left > 0 else f"  {speed}"


def _span(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

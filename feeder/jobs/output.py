"""A file to publish, before it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One file of the site, the hash of what it is made from, and how to make it."""

    path: str  #: relative to the output
    inputs: str  #: hash of everything it is made from
    make: Callable[[], bytes | None]  #: None: what it is made from went away meanwhile; the next build knows more

"""What a look at a source brings, whatever its kind: names with stamps, and a way to read what has another stamp now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feeder.model import Article, SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article's name within its source, and the stamp of all that it is made from."""

    key: str  #: path relative to the folder, with "/"; a feed's entry id
    stamp: str
    mark: str = ""  #: of a file and its side file; see `folder.is_as_found`


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A source as it is now."""

    found: Sequence[Found]
    read: Callable[[str], Article | SourceError]
    place: str  #: what was looked at: a folder on another disk, another program, are another place
    whole: bool  #: what is not found is gone; a feed is a window, and what leaves it is not
    again: frozenset[str] = frozenset()  #: keys of what is to be read whatever its stamp

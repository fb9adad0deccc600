"""Whether a line speaks of what a story speaks of: the beginnings of the words they share. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

_STEM = 5  #: letters, so that endings do not count
_WORD = re.compile(r"[^\W\d_]{4,}")


def stems(text: str, common: Set[str]) -> set[str]:
    """The beginnings of a text's longer words; `common` are words that say nothing."""
    return {word[:_STEM] for word in _WORD.findall(text.casefold()) if word not in common}


def all_stems(texts: Iterable[str], common: Set[str]) -> set[str]:
    return set().union(*(stems(text, common) for text in texts))


def shared(line: Set[str], story: Set[str]) -> int:
    """How many stems of a line the story has; one of four letters is a word without its ending: "әжем" in "әжемн"."""
    return sum(stem in story or stem[:-1] in story or any(one[:-1] == stem for one in story) for stem in line)

"""Paragraphs that were broken into lines of one width, as old mail and some text exports are, made whole again.

Text is wrapped when lines go on in small letters and each broken line was full: the first word of the next one would
not have fitted. Then full lines are joined with the next; a menu's short lines, a title and the date below it are not.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import pairwise

_WIDTHS = range(40, 111)  #: code points of a line that may have been broken
_SLACK = 8  #: code points by which a line may be longer than the longest one known to be broken
_SHORTEST = 20  #: code points of a line that goes on in small letters, on a page known to be wrapped
_CLOSING = "\"'”’»)]"
_FARTHEST = 8  #: blanks before the first line of a paragraph
_FEWEST = 0.2  #: of a page's lines, those that do or do not stand in
_SURE = 0.7  #: of the lines that go on in small letters, those that must have been full

Row = tuple[int, str]  #: 1-based number of the line, clean text


def indented(raws: Sequence[Row]) -> frozenset[int]:
    """The numbers of lines that begin further in than others do, as the first lines of paragraphs; none where all or few do."""
    starts = {number: len(raw) - len(raw.lstrip()) for number, raw in raws if any(map(str.isalnum, raw))}
    base = min(starts.values(), default=0)
    found = frozenset(number for number, start in starts.items() if base < start <= base + _FARTHEST)
    return found if _FEWEST * len(starts) <= len(found) <= (1 - _FEWEST) * len(starts) else frozenset()


def unwrap(rows: Sequence[Row], indents: Set[int] = frozenset()) -> list[Row]:
    """The lines with something on them, those of one paragraph joined; a paragraph has the number of its first line.

    `indents` are the numbers of lines that begin a paragraph.
    """
    width = _width(rows)
    joined: list[Row] = []
    for run in _runs(rows, indents):
        joined += _joined(run, width) if width else run
    return joined


def _runs(rows: Sequence[Row], indents: Set[int]) -> list[list[Row]]:
    """The lines between two blank ones, and from one whose beginning stands in to the next such one."""
    runs: list[list[Row]] = []
    for row in rows:
        above = runs[-1][-1] if runs else (-1, "")
        begins = row[0] in indents and (above[0] not in indents or _ends(above[1]))
        if above[0] == row[0] - 1 and not begins:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _joined(run: list[Row], width: int) -> list[Row]:
    texts = [text for _, text in run]
    lower = [_goes_on(above, below, width) for above, below in pairwise(texts)]
    full = [_full(above, below, width) for above, below in pairwise(texts)]
    paragraph = all(full) and _ends(texts[-1])
    joined = run[:1]
    for position, (above, below) in enumerate(pairwise(texts)):
        near = any(lower[max(0, position - 1) : position + 2]) or (_ends(below) and not _ends(above))
        if lower[position] or (full[position] and (near or paragraph)):
            number, text = joined[-1]
            joined[-1] = (number, text + below if _hyphened(text) else f"{text} {below}")
        else:
            joined.append(run[position + 1])
    return joined


def _goes_on(above: str, below: str, width: int) -> bool:
    """Whether a line is in the middle of a sentence."""
    return below[0].islower() and _SHORTEST <= len(above) <= width and (not _ends(above) or _full(above, below, width))


def _ends(text: str) -> bool:
    return text.rstrip(_CLOSING).endswith((".", "!", "?", "…", ":"))


def _width(rows: Sequence[Row]) -> int:
    """The width at which the page was wrapped; 0 when it was not."""
    pairs = [(above, below) for (first, above), (second, below) in pairwise(rows) if second == first + 1]
    pairs = [(above, below) for above, below in pairs if len(above) in _WIDTHS and " " in above]
    lower = [(above, below) for above, below in pairs if below[0].islower()]
    if not lower:
        return 0
    longest = max(len(above) for above, _ in lower)
    width = max(len(above) for above, _ in pairs if len(above) <= longest + _SLACK)
    full = sum(_full(above, below, width) for above, below in lower)
    longer = sum(len(text) > width + _SLACK and " " in text for _, text in rows)
    return width if full >= _SURE * len(lower) and longer <= full // 3 else 0


def _full(above: str, below: str, width: int) -> bool:
    return len(above) <= width < len(above) + 1 + len(below.split()[0])


def _hyphened(text: str) -> bool:
    return len(text) > 1 and text[-1] == "-" and text[-2].isalpha()

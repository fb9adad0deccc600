"""What a terminal is written with: letters as cells, lines broken at the width of the screen, columns and boxes. Pure.

A line is a row of cells, and a cell is one letter as it is printed, with its style. No line is wider than the screen,
counted in columns: a combining mark takes none, a Chinese letter takes two. What the encoding cannot print is drawn with
plainer signs, letters as their numbers.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import click

_NARROWEST = 24  #: columns; a narrower screen is written as if it had these
_BROADEST_TEXT = 100  #: longer lines tire the eye
_BROADEST = 160  #: for entries side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a letter looks."""

    color: str | None = None
    bold: bool = False
    dim: bool = False
    underline: bool = False

    def under(self, mark: Style) -> Style:
        """The style of a marked letter in a text of this style."""
        return replace(mark, bold=self.bold or mark.bold, dim=self.dim)


PLAIN, BOLD, DIM = Style(), Style(bold=True), Style(dim=True)
WARNING, ALARM = Style(color="yellow", bold=True), Style(color="red", bold=True)


class Cell(NamedTuple):
    """One letter with its combining marks, as it is printed."""

    text: str
    columns: int
    style: Style


Line = tuple[Cell, ...]
Lines = list[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What is written on: `width` in columns, and an encoding as Python names it."""

    width: int = 80
    encoding: str = "utf-8"

    @property
    def page(self) -> int:
        """The width of everything but entries side by side."""
        return min(self.broad, _BROADEST_TEXT)

    @property
    def broad(self) -> int:
        return min(max(self.width, _NARROWEST), _BROADEST)

    def sign(self, fine: str, plain: str) -> str:
        """The fine sign where it can be printed."""
        return fine if self.printed(fine) == fine else plain

    def printed(self, text: str) -> str:
        """The text as the encoding has it, and without what would steer the terminal."""
        safe = "".join(_harmless(letter) for letter in text)
        return safe.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def line(self, text: str, style: Style = PLAIN, marks: Mapping[int, Style] | None = None) -> Line:
        """The text as cells; `marks` are the styles of single positions. A line break stays one, as a cell."""
        made: list[Cell] = []
        for position, letter in enumerate(text):
            shown, mark = self.printed(letter), (marks or {}).get(position)
            columns = sum(map(_columns, shown))
            if made and not columns and "\n" not in (letter, made[-1].text):
                made[-1] = made[-1]._replace(text=made[-1].text + shown)
            else:
                made.append(Cell(shown, columns, style.under(mark) if mark else style))
        return tuple(made)


# --- Lines ------------------------------------------------------------------------------------------


def _harmless(letter: str) -> str:
    """Letters as they are; spaces as spaces; what steers a terminal, or half a letter, as a sign of replacement."""
    if letter in "\t\v\f\r\u2028\u2029":
        return " "
    if letter in "\u00ad\u200b\u2060\ufeff":  # seen by none, and counted differently by each terminal
        return ""
    return "\ufffd" if unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n" else letter


def _columns(letter: str) -> int:
    """How many columns of a terminal a letter takes."""
    if unicodedata.category(letter) in ("Mn", "Me", "Cf") or letter == "\n":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def length(line: Iterable[Cell]) -> int:
    """Columns that a line takes."""
    return sum(cell.columns for cell in line)


def wrap(line: Line, width: int) -> Lines:
    """Lines of at most `width` columns, broken at spaces and line breaks; a word wider than that is broken anywhere."""
    parts = [tuple(group) for broken, group in itertools.groupby(line, _is_break) if not broken]
    return [row for part in parts for row in _filled(part, width)]


def _is_break(cell: Cell) -> bool:
    return cell.text == "\n"


def _filled(line: Line, width: int) -> Lines:
    rows: Lines = [()]
    gap: Line = ()
    for blank, group in itertools.groupby(line, lambda cell: cell.text == " "):
        if blank:
            gap = (next(group),)  # several spaces are one
            continue
        word = tuple(group)
        joined = (*rows[-1], *gap, *word) if rows[-1] else word
        if length(joined) <= width:
            rows[-1] = joined
        else:
            rows[-1:] = [*filter(None, rows[-1:]), *_chopped(word, width)]
    return rows


def _chopped(word: Line, width: int) -> Lines:
    rows: Lines = [()]
    for cell in word:
        if rows[-1] and length(rows[-1]) + cell.columns > width:
            rows.append(())
        rows[-1] += (cell,)
    return rows


def flow(text: str, screen: Screen, style: Style = PLAIN, indent: int = 0) -> Lines:
    """A text in one style, in lines as broad as the page."""
    return hung(space(indent), screen.line(text, style), screen.page)


def hung(first: Line, text: Line, width: int) -> Lines:
    """The text beside what introduces it, or below that when it would take half of the width."""
    own = length(first)
    if own > width // 2:
        return [*wrap(first, width), *hung(space(4), text, width)]
    rows = wrap(text, width - own) or [()]
    return [(*first, *rows[0]), *((*space(own), *row) for row in rows[1:])]


def beside(blocks: Sequence[Lines], widths: Sequence[int], gap: Line) -> Lines:
    """Blocks in columns of these widths."""
    rows = itertools.zip_longest(*blocks, fillvalue=())
    return [_joined([_padded(line, width) for line, width in zip(row, widths, strict=True)], gap) for row in rows]


def _joined(parts: Sequence[Line], gap: Line) -> Line:
    return tuple(cell for number, part in enumerate(parts) for cell in ((*gap, *part) if number else part))


def _padded(line: Line, width: int) -> Line:
    return (*line, *space(width - length(line)))


def space(columns: int) -> Line:
    """Blanks."""
    return (Cell(" ", 1, PLAIN),) * columns


def spaced(blocks: Iterable[Lines]) -> Lines:
    """The blocks that are not empty, with an empty line between them."""
    lines: Lines = []
    for block in filter(None, blocks):
        lines += [(), *block] if lines else block
    return lines


def heading(title: str, screen: Screen, width: int = 0) -> Lines:
    """A title with a rule behind it, up to `width` (0: that of the page)."""
    rule = screen.sign("─", "-") * ((width or screen.page) - len(title) - 1)
    return [screen.line(title, BOLD) + screen.line(f" {rule}", DIM)]


def divider(title: str, screen: Screen) -> Lines:
    """A title in a heavy rule over the whole page."""
    sign = screen.sign("━", "=")
    return [screen.line(f"{sign * 2} {title} {sign * (screen.page - len(title) - 4)}", BOLD)]


def box(title: str, text: str, screen: Screen) -> Lines:
    """A text in a frame with a title."""
    corners, flat, upright = screen.sign("┌┐└┘", "++++"), screen.sign("─", "-"), screen.sign("│", "|")
    rule = flat * (screen.page - len(title) - 5)
    top = screen.line(f"{corners[0]}{flat} ", DIM) + screen.line(title, BOLD) + screen.line(f" {rule}{corners[1]}", DIM)
    bottom = screen.line(f"{corners[2]}{flat * (screen.page - 2)}{corners[3]}", DIM)
    left, right, room = screen.line(f"{upright} ", DIM), screen.line(f" {upright}", DIM), screen.page - 4
    rows = [(*left, *_padded(row, room), *right) for row in wrap(screen.line(text), room)]
    return [top, *rows, bottom]


def paint(line: Line) -> str:
    """The line with its styles as ANSI codes, without the blanks at its end."""
    end = max((number for number, cell in enumerate(line, start=1) if cell.text != " "), default=0)
    runs = [
        _painted("".join(cell.text for cell in run), style)
        for style, run in itertools.groupby(line[:end], lambda cell: cell.style)
    ]
    return "".join(runs)


def _painted(text: str, style: Style) -> str:
    if style == PLAIN or not text.strip(" "):
        return text
    return click.style(
        text, fg=style.color, bold=style.bold or None, dim=style.dim or None, underline=style.underline or None
    )

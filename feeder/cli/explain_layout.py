"""The account of an article laid out for a terminal: the object of `feeder explain --json` -> text with ANSI styles. Pure.

    layout(found, Screen(width=80, encoding="utf-8")) -> str

What an editor has to act on comes first, in yellow; then the article with the places marked, then what feeder makes of it.
No line is wider than the screen, counted in columns: a combining mark takes none, a Chinese letter takes two. Nothing needs
its colour to be understood, and what the encoding cannot print is drawn with plainer signs, letters as their numbers.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import click

from feeder.language import dates
from feeder.model import Edtf

Found = Mapping[str, Any]

_NARROWEST = 24  #: columns; a narrower screen is written as if it had these
_BROADEST_TEXT = 100  #: longer lines tire the eye
_BROADEST = 160  #: for entries side by side
_SIDE_BY_SIDE = 100  #: entries from this width on
_NOTED = 60  #: notes in a column of their own from this width on
_LANGUAGES = {"en": "English", "kk": "Kazakh", "ru": "Russian"}


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
#: Of places, the weightiest first; the others are only underlined. Yellow and red mean trouble.
_MARKS = tuple(Style(color=color, underline=True) for color in ("cyan", "green", "magenta", "bright_blue"))
_OTHER_MARK = Style(underline=True)


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


def layout(found: Found, screen: Screen) -> str:
    """One article, or every version of a story; with ANSI styles, ending with a line break."""
    lines = _story(found, screen) if "articles" in found else _article(found, screen)
    return "\n".join(map(_paint, lines)) + "\n"


# --- Parts of the account ---------------------------------------------------------------------------


def _article(found: Found, screen: Screen) -> Lines:
    if found["quarantined"]:
        return _quarantined(found, screen)
    return _spaced([*_read(found, screen), *_made(found, screen)])


def _story(found: Found, screen: Screen) -> Lines:
    """Version after version; what is the same for all of them is said once, at the end."""
    versions = found["articles"]
    names = ", ".join(_language(one["language"]) for one in versions)
    count = f"{len(versions)} versions" if len(versions) != 1 else "1 version"
    parts = [_flow(f"Story {found['story']}, {count}: {names}", screen, BOLD)]
    made = [_made(one, screen) for one in versions]
    shared = all(one == made[0] for one in made)
    for one, own in zip(versions, made, strict=True):
        parts += [_divider(_language(one["language"]), screen), *_read(one, screen), *([] if shared else own)]
    return _spaced([*parts, _divider("All versions", screen), *made[0]] if shared and made else parts)


def _read(found: Found, screen: Screen) -> list[Lines]:
    """What was read: problems, head, fields, text, places, notices, links, and what was left out."""
    marks = _marks(found["places"])
    return [
        _problems(found["problems"], screen),
        _head(found, marks, screen),
        _fields(found, marks, screen),
        _body(found["paragraphs"], marks, screen),
        _places(found["places"], screen),
        *(_box("Notice", text, screen) for text in found["notices"]),
        _related(found["related"], screen),
        _dropped(found["dropped"], screen),
    ]


def _made(found: Found, screen: Screen) -> list[Lines]:
    """What became of it: entries, feeds, issues."""
    return [_entries(found["entries"], screen), _whereabouts(found, screen)]


def _quarantined(found: Found, screen: Screen) -> Lines:
    """Of what cannot be read there is nothing to show but why."""
    why = [line for problem in found["problems"] for line in _flow(problem, screen, indent=2)]
    return [
        *_flow("feeder cannot read this file", screen, ALARM),
        (),
        *_hung(screen.line("  file  ", DIM), screen.line(found["path"]), screen.page),
        (),
        *[tuple(cell._replace(style=WARNING) for cell in line) for line in why],
        (),
        *_flow("Until it can be read, feeder build passes over it.", screen, DIM, indent=2),
    ]


def _problems(problems: Sequence[str], screen: Screen) -> Lines:
    first = screen.line("! ", WARNING)
    lines = [_hung(first, screen.line(problem, WARNING), screen.page) for problem in problems]
    return list(itertools.chain.from_iterable(lines))


def _head(found: Found, marks: Marks, screen: Screen) -> Lines:
    deck = wrap(screen.line(found["deck"] or "", marks=marks.get(1)), screen.page)
    return [*wrap(screen.line(found["title"] or found["path"], BOLD, marks.get(0)), screen.page), *deck]


def _fields(found: Found, marks: Marks, screen: Screen) -> Lines:
    rows = [
        ("file", screen.line(found["path"])),
        ("story", screen.line(found["story"] or "")),
        ("language", screen.line(_language(found["language"]))),
        ("publisher", screen.line(found["publisher"] or "")),
        ("authors", screen.line(", ".join(found["authors"]))),
        ("dateline", _dateline(found["dateline"], marks, screen)),
        *((name.replace("_", " "), screen.line(_moment(found[name]))) for name in ("published", "first_seen", "updated")),
        ("event date", _event(found, screen)),
        ("caption", screen.line(found["caption"] or "", marks=marks.get(2))),
    ]  # fmt: skip
    width = max(len(name) for name, value in rows if value) + 2
    lines = [_hung(screen.line(f"  {name:<{width}}", DIM), value, screen.page) for name, value in rows if value]
    return list(itertools.chain.from_iterable(lines))


def _dateline(dateline: Found | None, marks: Marks, screen: Screen) -> Line:
    if dateline is None:
        return ()
    place = dateline["place"] or "a place that is not in the gazetteer"
    return screen.line(dateline["text"], marks=marks.get(3)) + screen.line(f" ({place})", DIM)


def _event(found: Found, screen: Screen) -> Line:
    """As stated, in words; and what is inferred with its evidence."""
    stated, inferred = found["event_date"], found["event_date_inferred"]
    said = _date("", stated, screen) if stated else screen.line("not stated" if inferred else "")
    if inferred is None:
        return said
    return said + _date("\nprobably ", inferred["edtf"], screen) + screen.line(f"\n{inferred['evidence']}", DIM)


def _date(before: str, edtf: str, screen: Screen) -> Line:
    return screen.line(before + dates.words(Edtf(edtf), "en")) + screen.line(f" ({edtf})", DIM)


def _body(paragraphs: Sequence[str], marks: Marks, screen: Screen) -> Lines:
    texts = [
        _hung(screen.line("  "), screen.line(text, marks=marks.get(number)), screen.page)
        for number, text in enumerate(paragraphs, start=4)
    ]
    return [*_heading("Text", screen), *_spaced(texts)] if texts else []


def _places(places: Sequence[Found], screen: Screen) -> Lines:
    """The legend of the marks: the id, how often, its names, and the words that name it."""
    if not places:
        return []
    width = max(len(one["id"]) for one in places)
    times = screen.sign("×", "x")
    lines = _heading("Places", screen)
    for one, style in zip(places, _styles(), strict=False):
        count = f"{one['mentions']}{times}"
        rest = screen.line(" " * (width - len(one["id"])) + f" {count:>4}  ")
        first = screen.line("  ") + screen.line(one["id"], style) + rest
        lines += _hung(first, _names(one, times, screen), screen.page)
    return lines


def _names(place: Found, times: str, screen: Screen) -> Line:
    """The names, and the words of the article unless they are one of these and nothing else."""
    names = f" {screen.sign('·', '-')} ".join(dict.fromkeys(place["names"].values()))
    surfaces = (
        {} if len(place["surfaces"]) == 1 and {*place["surfaces"]} <= {*place["names"].values()} else place["surfaces"]
    )
    words = [f"{surface} {count}{times}" if count > 1 else surface for surface, count in surfaces.items()]
    words += ["stated by the editor"] if place["stated"] else []
    return screen.line(names) + screen.line(f" ({', '.join(words)})" if words else "", DIM)


def _related(related: Sequence[Found], screen: Screen) -> Lines:
    rows = []
    for one in related:
        url = screen.line(f"\n{one['url']}" if one["url"] else "", DIM)
        rows.append((screen.line("  "), screen.line(one["title"]) + url, screen.line(_day(one["date"]), DIM)))
    return _noted("Related", rows, screen)


def _dropped(dropped: Sequence[Found], screen: Screen) -> Lines:
    """The lines with their numbers and reasons."""
    numbers = [str(one["line"] or screen.sign("–", "-")) for one in dropped]
    width = max(map(len, numbers), default=0)
    rows = [
        (screen.line(f"  {number:>{width}}  ", DIM), screen.line(one["text"], DIM), screen.line(one["reason"], DIM))
        for number, one in zip(numbers, dropped, strict=True)
    ]
    return _noted("Left out", rows, screen)


def _noted(title: str, rows: Sequence[tuple[Line, Line, Line]], screen: Screen) -> Lines:
    """What introduces a text, the text, a note on it: in a column of its own where there is room for one."""
    lines = _heading(title, screen) if rows else []
    notes = min(max((_length(note) for *_, note in rows), default=0), screen.page // 2)
    room = screen.page - notes - 2
    for first, text, note in rows:
        if screen.page < _NOTED:
            lines += _hung(
                first, text + (screen.line(" (", DIM) + note + screen.line(")", DIM) if note else ()), screen.page
            )
        else:
            lines += _beside([_hung(first, text, room), wrap(note, notes)], [room, notes], screen.line("  "))
    return lines


# --- Entries, feeds and issues ----------------------------------------------------------------------

_ROWS = ("title", "label", "dateline", "date", "places")


def _entries(entries: Mapping[str, Found], screen: Screen) -> Lines:
    if not entries:
        return []
    table = _columns_of(entries, screen) if screen.width >= _SIDE_BY_SIDE else _stacked(entries, screen)
    return [*_heading("Entries", screen, screen.broad if screen.width >= _SIDE_BY_SIDE else 0), *table]


def _columns_of(entries: Mapping[str, Found], screen: Screen) -> Lines:
    """A table with a column for each language; the addresses below it, whole, so that they can be copied."""
    gap = screen.line(f" {screen.sign('│', '|')} ", DIM)
    name = 1 + max(map(len, _ROWS))
    column = (screen.broad - 2 - name) // len(entries) - len(gap)
    widths = [name, *([column] * len(entries))]
    rows = [[("", DIM), *((_language(locale), BOLD) for locale in entries)]]
    rows += [
        [(row, DIM), *((_value(one[row]), BOLD if row == "title" else PLAIN) for one in entries.values())]
        for row in _ROWS
        if any(one[row] for one in entries.values())
    ]
    table = [
        _beside([wrap(screen.line(*cell), width) for cell, width in zip(row, widths, strict=True)], widths, gap)
        for row in rows
    ]
    lines = [(*_space(2), *line) for line in itertools.chain.from_iterable(table)]
    return [*lines, (), *_addresses(entries, screen)]


def _value(value: str | Sequence[str] | None) -> str:
    return (value if isinstance(value, str) else ", ".join(value or ())) or "-"


def _addresses(entries: Mapping[str, Found], screen: Screen) -> Lines:
    rows = [
        _hung(screen.line(f"  {locale}  ", DIM), screen.line(one["url"]), screen.broad)
        for locale, one in entries.items()
    ]
    return list(itertools.chain.from_iterable(rows))


def _stacked(entries: Mapping[str, Found], screen: Screen) -> Lines:
    dot = f" {screen.sign('·', '-')} "
    blocks = []
    for locale, one in entries.items():
        text = screen.line(one["title"], BOLD)
        text += screen.line(f"\n[{one['label']}]" if one["label"] else "")
        second = dot.join(part for part in (one["dateline"], one["date"]) if part)
        for part, style in ((second, PLAIN), (", ".join(one["places"]), PLAIN), (one["url"], DIM)):
            text += screen.line(f"\n{part}" if part else "", style)
        blocks.append(_hung(screen.line(f"  {locale}  ", BOLD), text, screen.page))
    return _spaced(blocks)


def _whereabouts(found: Found, screen: Screen) -> Lines:
    told = [one["issue"] for one in found["issues"] if one["in"]]
    untold = [one["why"] for one in found["issues"] if not one["in"]]
    digests = "\n".join(([f"told in {', '.join(told)}"] if told else []) + untold)
    rows = [("feeds", _feeds(found["feeds"])), ("digests", digests)]
    lines = [_hung(screen.line(f"  {name:<9}", DIM), screen.line(text), screen.page) for name, text in rows if text]
    return [*_heading("Feeds and digests", screen), *itertools.chain.from_iterable(lines)] if lines else []


def _feeds(feeds: Sequence[Found]) -> str:
    """How many it is in, and every one it is not in, with the reason."""
    known = [one for one in feeds if one["feed"]]
    inside = [one["feed"] for one in known if one["in"]]
    parts = {name: [feed for feed in inside if f"/{name}/" in feed] for name in ("topics", "places")}
    plain = [feed for feed in inside if not any(feed in part for part in parts.values())]
    others = "".join(f" and {len(part)} of {name}" for name, part in parts.items() if part)
    number = f"all {len(known)}" if len(inside) == len(known) else f"{len(inside)} of {len(known)}"
    lines = [f"in {number}: {', '.join(plain)}{others}"] if inside else []
    outside: dict[str, list[str]] = {}
    for one in feeds:
        if not one["in"]:
            outside.setdefault(one["why"], []).append(one["feed"] or "any")
    return "\n".join([*lines, *(f"not in {', '.join(names)}: {why}" for why, names in outside.items())])


# --- Words ------------------------------------------------------------------------------------------


def _language(code: str | None) -> str:
    return f"{_LANGUAGES[code]} ({code})" if code in _LANGUAGES else code or ""


def _moment(moment: str | None) -> str:
    return dates.date_time(datetime.fromisoformat(moment), "en") if moment else ""


def _day(moment: str | None) -> str:
    return dates.long(datetime.fromisoformat(moment).date(), "en") if moment else ""


# --- Marks ------------------------------------------------------------------------------------------

Marks = Mapping[int, Mapping[int, Style]]  #: text (as in `places[].spans`) -> position -> style


def _marks(places: Sequence[Found]) -> Marks:
    made: dict[int, dict[int, Style]] = {}
    for one, style in zip(places, _styles(), strict=False):
        for span in one["spans"]:
            made.setdefault(span["text"], {}).update(dict.fromkeys(range(span["start"], span["end"]), style))
    return made


def _styles() -> Iterable[Style]:
    return itertools.chain(_MARKS, itertools.repeat(_OTHER_MARK))


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


def _length(line: Iterable[Cell]) -> int:
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
        if _length(joined) <= width:
            rows[-1] = joined
        else:
            rows[-1:] = [*filter(None, rows[-1:]), *_chopped(word, width)]
    return rows


def _chopped(word: Line, width: int) -> Lines:
    rows: Lines = [()]
    for cell in word:
        if rows[-1] and _length(rows[-1]) + cell.columns > width:
            rows.append(())
        rows[-1] += (cell,)
    return rows


def _flow(text: str, screen: Screen, style: Style = PLAIN, indent: int = 0) -> Lines:
    return _hung(_space(indent), screen.line(text, style), screen.page)


def _hung(first: Line, text: Line, width: int) -> Lines:
    """The text beside what introduces it, or below that when it would take half of the width."""
    own = _length(first)
    if own > width // 2:
        return [*wrap(first, width), *_hung(_space(4), text, width)]
    rows = wrap(text, width - own) or [()]
    return [(*first, *rows[0]), *((*_space(own), *row) for row in rows[1:])]


def _beside(blocks: Sequence[Lines], widths: Sequence[int], gap: Line) -> Lines:
    """Blocks in columns of these widths."""
    rows = itertools.zip_longest(*blocks, fillvalue=())
    return [_joined([_padded(line, width) for line, width in zip(row, widths, strict=True)], gap) for row in rows]


def _joined(parts: Sequence[Line], gap: Line) -> Line:
    return tuple(cell for number, part in enumerate(parts) for cell in ((*gap, *part) if number else part))


def _padded(line: Line, width: int) -> Line:
    return (*line, *_space(width - _length(line)))


def _space(columns: int) -> Line:
    return (Cell(" ", 1, PLAIN),) * columns


def _spaced(blocks: Iterable[Lines]) -> Lines:
    """The blocks that are not empty, with an empty line between them."""
    lines: Lines = []
    for block in filter(None, blocks):
        lines += [(), *block] if lines else block
    return lines


def _heading(title: str, screen: Screen, width: int = 0) -> Lines:
    rule = screen.sign("─", "-") * ((width or screen.page) - len(title) - 1)
    return [screen.line(title, BOLD) + screen.line(f" {rule}", DIM)]


def _divider(title: str, screen: Screen) -> Lines:
    sign = screen.sign("━", "=")
    return [screen.line(f"{sign * 2} {title} {sign * (screen.page - len(title) - 4)}", BOLD)]


def _box(title: str, text: str, screen: Screen) -> Lines:
    corners, flat, upright = screen.sign("┌┐└┘", "++++"), screen.sign("─", "-"), screen.sign("│", "|")
    rule = flat * (screen.page - len(title) - 5)
    top = screen.line(f"{corners[0]}{flat} ", DIM) + screen.line(title, BOLD) + screen.line(f" {rule}{corners[1]}", DIM)
    bottom = screen.line(f"{corners[2]}{flat * (screen.page - 2)}{corners[3]}", DIM)
    left, right, room = screen.line(f"{upright} ", DIM), screen.line(f" {upright}", DIM), screen.page - 4
    rows = [(*left, *_padded(row, room), *right) for row in wrap(screen.line(text), room)]
    return [top, *rows, bottom]


def _paint(line: Line) -> str:
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

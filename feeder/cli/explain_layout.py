"""The account of an article laid out for a terminal: the object of `feeder explain --json` -> text with ANSI styles. Pure.

    layout(found, Screen(width=80, encoding="utf-8")) -> str

What an editor has to act on comes first, in yellow; then the article with the places marked, then what feeder makes of it.
Nothing needs its colour to be understood.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from feeder.cli.screen import (
    ALARM,
    BOLD,
    DIM,
    PLAIN,
    WARNING,
    Line,
    Lines,
    Screen,
    Style,
    beside,
    box,
    divider,
    flow,
    heading,
    hung,
    length,
    paint,
    space,
    spaced,
    wrap,
)
from feeder.language import dates
from feeder.model import Edtf

Found = Mapping[str, Any]

_SIDE_BY_SIDE = 100  #: entries from this width on
_NOTED = 60  #: notes in a column of their own from this width on
_LANGUAGES = {"en": "English", "kk": "Kazakh", "ru": "Russian"}
#: Of places, the weightiest first; the others are only underlined. Yellow and red mean trouble.
_MARKS = tuple(Style(color=color, underline=True) for color in ("cyan", "green", "magenta", "bright_blue"))
_OTHER_MARK = Style(underline=True)


def layout(found: Found, screen: Screen) -> str:
    """One article, or every version of a story; with ANSI styles, ending with a line break."""
    lines = _story(found, screen) if "articles" in found else _article(found, screen)
    return "\n".join(map(paint, lines)) + "\n"


# --- Parts of the account ---------------------------------------------------------------------------


def _article(found: Found, screen: Screen) -> Lines:
    if found["quarantined"]:
        return _quarantined(found, screen)
    return spaced([*_read(found, screen), *_made(found, screen)])


def _story(found: Found, screen: Screen) -> Lines:
    """Version after version; what is the same for all of them is said once, at the end."""
    versions = found["articles"]
    names = ", ".join(_language(one["language"]) for one in versions)
    count = f"{len(versions)} versions" if len(versions) != 1 else "1 version"
    parts = [flow(f"Story {found['story']}, {count}: {names}", screen, BOLD)]
    made = [_made(one, screen) for one in versions]
    shared = all(one == made[0] for one in made)
    for one, own in zip(versions, made, strict=True):
        parts += [divider(_language(one["language"]), screen), *_read(one, screen), *([] if shared else own)]
    return spaced([*parts, divider("All versions", screen), *made[0]] if shared and made else parts)


def _read(found: Found, screen: Screen) -> list[Lines]:
    """What was read: problems, head, fields, text, places, notices, links, and what was left out."""
    marks = _marks(found["places"])
    return [
        _problems(found["problems"], screen),
        _head(found, marks, screen),
        _fields(found, marks, screen),
        _body(found["paragraphs"], marks, screen),
        _places(found["places"], screen),
        *(box("Notice", text, screen) for text in found["notices"]),
        _related(found["related"], screen),
        _dropped(found["dropped"], screen),
    ]


def _made(found: Found, screen: Screen) -> list[Lines]:
    """What became of it: entries, feeds, issues."""
    return [_entries(found["entries"], screen), _whereabouts(found, screen)]


def _quarantined(found: Found, screen: Screen) -> Lines:
    """Of what cannot be read there is nothing to show but why."""
    why = [line for problem in found["problems"] for line in flow(problem, screen, indent=2)]
    return [
        *flow("feeder cannot read this file", screen, ALARM),
        (),
        *hung(screen.line("  file  ", DIM), screen.line(found["path"]), screen.page),
        (),
        *[tuple(cell._replace(style=WARNING) for cell in line) for line in why],
        (),
        *flow("Until it can be read, feeder build passes over it.", screen, DIM, indent=2),
    ]


def _problems(problems: Sequence[str], screen: Screen) -> Lines:
    first = screen.line("! ", WARNING)
    lines = [hung(first, screen.line(problem, WARNING), screen.page) for problem in problems]
    return list(itertools.chain.from_iterable(lines))


def _head(found: Found, marks: Marks, screen: Screen) -> Lines:
    deck = wrap(screen.line(found["deck"] or "", marks=marks.get(1)), screen.page)
    return [*wrap(screen.line(found["title"] or found["path"], BOLD, marks.get(0)), screen.page), *deck]


def _fields(found: Found, marks: Marks, screen: Screen) -> Lines:
    rows = [
        ("file", screen.line(found["path"])),
        ("story", screen.line(found["story"] or "")),
        ("same story", screen.line(_twins(found["same_story"]))),
        ("language", screen.line(_language(found["language"]))),
        ("publisher", screen.line(found["publisher"] or "")),
        ("authors", screen.line(", ".join(found["authors"]))),
        ("dateline", _dateline(found["dateline"], marks, screen)),
        *((name.replace("_", " "), screen.line(_moment(found[name]))) for name in ("published", "first_seen", "updated")),
        ("event date", _event(found, screen)),
        ("caption", screen.line(found["caption"] or "", marks=marks.get(2))),
    ]  # fmt: skip
    width = max(len(name) for name, value in rows if value) + 2
    lines = [hung(screen.line(f"  {name:<{width}}", DIM), value, screen.page) for name, value in rows if value]
    return list(itertools.chain.from_iterable(lines))


def _twins(same: Found | None) -> str:
    """The articles that are one report, the one that is shown first."""
    if same is None:
        return ""
    shown, *others = (f"{one['source']}/{one['path']}" for one in (same["shown"], *same["credited"]))
    return "\n".join([f"{shown} (shown)", *(f"{other} (credited)" for other in others)])


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
        hung(screen.line("  "), screen.line(text, marks=marks.get(number)), screen.page)
        for number, text in enumerate(paragraphs, start=4)
    ]
    return [*heading("Text", screen), *spaced(texts)] if texts else []


def _places(places: Sequence[Found], screen: Screen) -> Lines:
    """The legend of the marks: the id, how often, its names, and the words that name it."""
    if not places:
        return []
    width = max(len(one["id"]) for one in places)
    times = screen.sign("×", "x")
    lines = heading("Places", screen)
    for one, style in zip(places, _styles(), strict=False):
        count = f"{one['mentions']}{times}"
        rest = screen.line(" " * (width - len(one["id"])) + f" {count:>4}  ")
        first = screen.line("  ") + screen.line(one["id"], style) + rest
        lines += hung(first, _names(one, times, screen), screen.page)
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
    lines = heading(title, screen) if rows else []
    notes = min(max((length(note) for *_, note in rows), default=0), screen.page // 2)
    room = screen.page - notes - 2
    for first, text, note in rows:
        if screen.page < _NOTED:
            lines += hung(
                first, text + (screen.line(" (", DIM) + note + screen.line(")", DIM) if note else ()), screen.page
            )
        else:
            lines += beside([hung(first, text, room), wrap(note, notes)], [room, notes], screen.line("  "))
    return lines


# --- Entries, feeds and issues ----------------------------------------------------------------------

_ROWS = ("title", "label", "dateline", "date", "places")


def _entries(entries: Mapping[str, Found], screen: Screen) -> Lines:
    if not entries:
        return []
    table = _columns_of(entries, screen) if screen.width >= _SIDE_BY_SIDE else _stacked(entries, screen)
    return [*heading("Entries", screen, screen.broad if screen.width >= _SIDE_BY_SIDE else 0), *table]


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
        beside([wrap(screen.line(*cell), width) for cell, width in zip(row, widths, strict=True)], widths, gap)
        for row in rows
    ]
    lines = [(*space(2), *line) for line in itertools.chain.from_iterable(table)]
    return [*lines, (), *_addresses(entries, screen)]


def _value(value: str | Sequence[str] | None) -> str:
    return (value if isinstance(value, str) else ", ".join(value or ())) or "-"


def _addresses(entries: Mapping[str, Found], screen: Screen) -> Lines:
    rows = [
        hung(screen.line(f"  {locale}  ", DIM), screen.line(one["url"]), screen.broad)
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
        blocks.append(hung(screen.line(f"  {locale}  ", BOLD), text, screen.page))
    return spaced(blocks)


def _whereabouts(found: Found, screen: Screen) -> Lines:
    rows = [("feeds", _feeds(found["feeds"])), ("digests", _digests(found["issues"]))]
    lines = [hung(screen.line(f"  {name:<9}", DIM), screen.line(text), screen.page) for name, text in rows if text]
    return [*heading("Feeds and digests", screen), *itertools.chain.from_iterable(lines)] if lines else []


def _digests(issues: Sequence[Found]) -> str:
    """The issues that told it, and every other one with its reason; the next one comes last."""
    told = [one["issue"] for one in issues if one["in"] and not one["why"]]
    others: dict[str, list[str]] = {}
    for one in issues:
        if one["why"]:
            others.setdefault(one["why"], []).append(one["issue"])
    named = [f"{', '.join(filter(None, same))}: {why}" if any(same) else why for why, same in others.items()]
    return "\n".join([f"told in {', '.join(told)}"] * bool(told) + named)


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

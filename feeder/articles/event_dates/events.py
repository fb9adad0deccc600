"""When the main event of an article took place: as it is stated, and, apart from that, what can be inferred.

`main_event` looks at every date in the article's own words and leaves out what is background: "since 2017", an
anniversary, "last year", years in a title. Of the rest,

1. a date near the publication comes first: "on February 3", or with its year;
2. then a day without a year, however far, and a full date in the caption, the deck or the first two paragraphs - when
   the publication is known and far, only where the story sets out with it or announces it;
3. then a month, when the story opens with it ("In October, ..."), and the day of a dateline when the story says "today";
4. last, the day on which somebody spoke of it: "said on February 10".

Among equals the earliest in the text is taken, body and deck before captions and these before the title. In an article
that remembers something a day without a year stands before every full date: those are what is remembered.

A year that is not written stays unknown in `stated`. `inferred` needs evidence in the text or the publication date,
and nothing that contradicts it; world knowledge and the clock are no evidence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feeder.articles.event_dates import event_cues, event_texts
from feeder.articles.event_dates.event_texts import Said, Texts, Where
from feeder.errors import DateError
from feeder.language import date_text, dates
from feeder.language.date_text import DateMention, Relative
from feeder.model import Edtf, Language

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = re.compile(r"(?:\d{4}|XXXX)-\d\d-\d\d")
_MONTH = re.compile(r"(?:\d{4}|XXXX)-(?:0\d|1[0-2])")
_NEAR = timedelta(days=31)  #: a report this long after its event is still news
_HALF_YEAR = timedelta(days=183)  #: beyond it, "February 3" may be of either year
_SLACK = timedelta(days=2)  #: time zones, and papers dated ahead
_QUOTE = re.compile(r"[«“\"]")  #: what somebody remembers
_NONE = 5  #: the grade of a date that is not the main event's


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The day of the main event."""

    stated: Edtf | None  #: as written: "XXXX-02-03", "2019-02-03", "XXXX-10"; None when the article states none
    inferred: Edtf | None  #: with the year, or the day that "on Tuesday" means; None without evidence
    evidence: str  #: one line of English: why `inferred`, or what speaks against it; "" when there is nothing to say


def main_event(article_texts: Sequence[tuple[Where, str]], language: Language, published: date | None) -> Event:
    """The date of the main event of an article given as its texts in reading order, and how its year is known.

    A body may come whole, its paragraphs separated by blank lines, or as one text for each paragraph.
    """
    texts = event_texts.read(article_texts, language, published)
    foreground = [said for said in texts.said if not event_texts.background(said, language)]
    chosen = _choose(foreground, texts)
    if chosen is None:
        return _from_relative(foreground, texts)
    if chosen.yearless:
        full = _full_form(chosen, foreground, texts)
        return _stated(full) if full else _with_year(chosen, texts)
    return _stated(chosen)


# --- choosing ------------------------------------------------------------------------------------


def _choose(foreground: Sequence[Said], texts: Texts) -> Said | None:
    graded = [(_grade(said, texts), event_texts.RANK[said.where], order) for order, said in enumerate(foreground)]
    best = min((key for key in graded if key[0] < _NONE), default=None)
    return foreground[best[2]] if best else None


def _grade(said: Said, texts: Texts) -> int:
    """0 near the publication; 1 a day where the event is told; 2 any other; 3 a month; 4 "said on February 10"; _NONE."""
    if said.dateline:
        return 3 if any(one.lead and _today(one) for one in texts.said) else _NONE
    if _DAY.match(said.edtf) and not said.edtf.endswith("~"):
        grade = _grade_day(said, texts)
        return max(grade, 4) if event_texts.told(said, texts.language) else grade
    return 3 if _opens(said) and _MONTH.fullmatch(said.edtf) and _possible(said, texts.published) else _NONE


def _opens(said: Said) -> bool:
    """Whether the story sets out with it: "In October, ...", "On February 9, 2021, ..."."""
    return (
        said.where in ("deck", "body") and said.paragraph == 0 and event_cues.OPENING.fullmatch(said.before) is not None
    )


def _grade_day(said: Said, texts: Texts) -> int:
    if texts.published is not None and _near(said, texts.published):
        return 0
    return _grade_yearless(said, texts) if said.yearless else _grade_full(said, texts)


def _grade_yearless(said: Said, texts: Texts) -> int:
    return 1 if texts.memory or said.lead or _possible(said, texts.published) else 2


def _grade_full(said: Said, texts: Texts) -> int:
    """A full date far from the publication, or without one."""
    if not (said.lead or said.where == "title"):
        return _NONE
    titled = said.where == "title" and _DAY.match(said.edtf) is not None  # "9 February 2021: eight people ..."
    if texts.published is not None and not (titled or _sets_out(said, texts) or _announced(said, texts)):
        return _NONE  # an older photograph, a law, a life: what is told of today stands elsewhere
    if not texts.memory:
        return 1
    latest = len(texts.years) > 1 and said.edtf.startswith(str(max(texts.years)))
    return 2 if latest and texts.published is None else _NONE


def _sets_out(said: Said, texts: Texts) -> bool:
    """Whether a story of long ago begins with its day, and is not a chronicle of several."""
    days = {one.edtf for one in texts.said if one.where == "body" and _real(one.edtf)}
    return _opens(said) and said.first and len(days) == 1 and not _QUOTE.search(said.before)


def _announced(said: Said, texts: Texts) -> bool:
    """ "will take place on January 10, 2021": a day after the publication, and the sentence says so."""
    day = _real(said.edtf)
    return day is not None and texts.published is not None and day > texts.published and texts.ahead(said)


def _today(said: Said) -> bool:
    relative = said.mention.relative
    return relative is not None and relative.unit == "day" and not relative.offset and not said.edtf


def _near(said: Said, published: date) -> bool:
    day = _nearest(said.edtf[:10], published) if said.yearless else _real(said.edtf[:10])
    return day is not None and -_SLACK <= published - day <= _NEAR


def _possible(said: Said, published: date | None) -> bool:
    """Whether a date without a year is close enough to the publication for its year to be plain."""
    if published is None or not said.yearless:
        return True
    return _nearest(said.edtf.partition("/")[0], published) is not None


def _full_form(chosen: Said, foreground: Sequence[Said], texts: Texts) -> Said | None:
    """The same day where the article writes it with its year: a caption says "February 3, 2019"."""
    for one in foreground:
        day = _real(one.edtf)
        if day is None or one.edtf[4:] != chosen.edtf[4:] or not _agrees(chosen.mention.weekday, day):
            continue
        if texts.published is not None:
            same = -_SLACK <= texts.published - day <= _HALF_YEAR
        else:
            same = day.year == max(texts.years) and (not texts.memory or len(texts.years) > 1)
        if same:
            return one
    return None


# --- years ---------------------------------------------------------------------------------------


def _stated(said: Said) -> Event:
    """A date that needs no inference, and a word when its weekday is another one."""
    day = _real(said.edtf)
    wrong = day is not None and not _agrees(said.mention.weekday, day)
    evidence = f"“{said.mention.surface}”: {day} is a {_WEEKDAYS[day.weekday()]}" if day and wrong else ""
    return Event(stated=said.mention.edtf, inferred=None, evidence=evidence)


def _with_year(chosen: Said, texts: Texts) -> Event:
    ahead = texts.ahead(chosen) and not event_texts.told(chosen, texts.language)
    if texts.published is None:
        inferred, evidence = _from_anchor(chosen, texts.said)
    elif chosen.mention.relative is not None:
        inferred, evidence = _from_words(chosen, texts.published)
    else:
        inferred, evidence = _from_publication(chosen, texts.published, ahead=ahead)
    return Event(stated=chosen.mention.edtf, inferred=inferred, evidence=evidence)


def _from_words(chosen: Said, published: date) -> tuple[Edtf | None, str]:
    """ "today, March 14", "February 9 of this year"."""
    resolved = date_text.resolve(chosen.mention, published)
    day = _real(resolved or "")
    said = f"“{chosen.mention.surface}”"
    if resolved is None or (day and not _agrees(chosen.mention.weekday, day)):
        return None, f"{said} contradicts the publication on {published}; no year inferred"
    return resolved, f"{said}, counted from the publication on {published}"


def _from_publication(chosen: Said, published: date, *, ahead: bool) -> tuple[Edtf | None, str]:
    """The nearest such day before the publication; after it when the sentence speaks of what is to come."""
    first, _, last = chosen.edtf.partition("/")
    day = _nearest(first, published, ahead=ahead)
    name = dates.words(Edtf(first), "en", note=False)
    if day is None:
        return None, f"{name} is too far from the publication on {published} to tell its year"
    why = f"the nearest {name} {'after' if day > published else 'before'} the publication on {published}"
    if len(first) == 10 and day == published:
        why = f"{name} is the day of publication, {published}"
    if not _agrees(chosen.mention.weekday, day):
        return None, _contradiction(chosen, day, why)
    return _filled(first, last, day.year), why + _weekday_note(chosen, day)


def _from_anchor(chosen: Said, said: Sequence[Said]) -> tuple[Edtf | None, str]:
    """Without a publication date: the year in which the article was written, when it says "last year (2018)"."""
    anchor = _anchor(said)
    first, _, last = chosen.edtf.partition("/")
    if anchor is None:
        return None, ""
    year, words = anchor
    day = _real(first.replace("XXXX", f"{year:04d}"))
    # a story of January tells of December without a year, so the last months need a weekday that fits
    if day is None or (day.month > 10 and chosen.mention.weekday is None):
        return None, ""
    why = f"“{words}” in the text makes {year} the year of writing"
    if not _agrees(chosen.mention.weekday, day):
        return None, _contradiction(chosen, day, why)
    return _filled(first, last, year), why + _weekday_note(chosen, day)


def _anchor(said: Sequence[Said]) -> tuple[int, str] | None:
    """ "last year (2018)", "в прошлом, 2018-м, году", "былтыр, 2018 жылы": the year of writing, and the words."""
    found: dict[int, str] = {}
    for one, other in itertools.pairwise(said):
        if one.where != other.where or one.paragraph != other.paragraph:
            continue
        for words, named in ((one, other), (other, one)):
            year = _anchored(words.mention.relative, named.edtf)
            if year and _touch(one.mention, other.mention):
                found.setdefault(year, f"{one.mention.surface} {other.mention.surface}")
    return next(iter(found.items())) if len(found) == 1 else None


def _anchored(relative: Relative | None, year: str) -> int | None:
    if relative is None or relative.unit != "year" or relative.approximate or not re.fullmatch(r"\d{4}", year):
        return None
    return int(year) - relative.offset


def _touch(one: DateMention, other: DateMention) -> bool:
    return 0 < other.start - one.end <= 3


def _from_relative(foreground: Sequence[Said], texts: Texts) -> Event:
    """Nothing is stated but "on Tuesday" or "yesterday": the day itself is an inference from the publication."""
    for said in foreground if texts.published else ():
        if texts.published and _tells_day(said) and not texts.ahead(said):
            inferred = date_text.resolve(said.mention, texts.published)
            evidence = f"“{said.mention.surface}”, counted from the publication on {texts.published}"
            return Event(stated=None, inferred=inferred, evidence=evidence)
    return Event(stated=None, inferred=None, evidence="")


def _tells_day(said: Said) -> bool:
    """ "on Tuesday", "yesterday", "today", where the story is told and not foretold."""
    relative = said.mention.relative
    if relative is None or said.edtf or not said.lead or said.where == "caption":
        return False
    return relative.unit in ("day", "weekday") and relative.offset <= 0 and not relative.approximate


# --- days ----------------------------------------------------------------------------------------


def _real(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _nearest(edtf: str, published: date, *, ahead: bool = False) -> date | None:
    """The day of "XXXX-02-03" (or the first of a month) up to half a year before the publication, or after it."""
    tail = edtf[4:] if len(edtf) == 10 else f"{edtf[4:7]}-01"
    years = range(published.year - 1, published.year + 2)
    days = [day for year in years if (day := _real(f"{year:04d}{tail}"))]
    slack = timedelta(0) if ahead else _SLACK
    past = [day for day in days if -slack <= published - day <= _HALF_YEAR]
    coming = [day for day in days if timedelta(0) <= day - published <= _HALF_YEAR]
    if ahead:
        return min(coming, default=None)
    return max(past, default=None)


def _agrees(weekday: int | None, day: date) -> bool:
    return weekday is None or day.isoweekday() == weekday


def _contradiction(chosen: Said, day: date, why: str) -> str:
    return f"“{chosen.mention.surface}” contradicts {why}: {day} is a {_WEEKDAYS[day.weekday()]}; no year inferred"


def _weekday_note(chosen: Said, day: date) -> str:
    return f", which is a {_WEEKDAYS[day.weekday()]} as stated" if chosen.mention.weekday else ""


def _filled(first: str, last: str, year: int) -> Edtf | None:
    """The date or interval with its year; an interval may run into the next one."""
    try:
        if not last:
            return dates.parse(first.replace("XXXX", f"{year:04d}"))
        end = year + 1 if last[4:] < first[4:] else year
        return dates.parse(f"{first.replace('XXXX', f'{year:04d}')}/{last.replace('XXXX', f'{end:04d}')}")
    except DateError:
        return None

"""The dates of an article in their sentences, and which of them are only background to its main event."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from feeder.articles import datelines
from feeder.articles.event_dates import event_cues
from feeder.language import date_text
from feeder.language.date_text import DateMention, Relative
from feeder.language.folding import lower
from feeder.model import Language

Where = Literal["title", "deck", "caption", "body"]

RANK: dict[Where, int] = {"deck": 0, "body": 0, "caption": 1, "title": 2}  #: where a main event is told first

_LEAD = 2  #: paragraphs of a story that say when it happened
_AROUND = 100  #: code points looked at on each side of a date
_SENTENCE = 12  #: letters that a line without a full stop has beside its date, unless it is nothing but the date
_SENTENCE_END = re.compile(r"[.!?…][\"»”]?\s+(?=[\"«“]?[^\W\d_])|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A date in its sentence."""

    mention: DateMention
    where: Where
    paragraph: int  #: counted within its field, from 0
    before: str  #: lower case, from the beginning of the sentence
    after: str  #: lower case, to the end of the sentence
    archive: bool = False  #: the caption says that its photograph is an old one
    first: bool = False  #: in the first sentence of its paragraph
    dateline: bool = False  #: the day of filing, in the opening words of the story

    @property
    def edtf(self) -> str:
        return self.mention.edtf or ""

    @property
    def yearless(self) -> bool:
        return self.edtf.startswith("XXXX")

    @property
    def surface(self) -> str:
        """The date itself, lower case."""
        return lower(self.mention.surface)

    @property
    def lead(self) -> bool:
        return self.where in ("deck", "caption") or (self.where == "body" and self.paragraph < _LEAD)


_CLAUSES = re.compile(r"[,;:—–]| (?:and|but|и|а|но|және|ал|бірақ) ")
_OPENING = 12  #: letters before a date that opens its sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is known of the whole article."""

    said: tuple[Said, ...]  #: every date of it
    language: Language
    published: date | None
    memory: bool  #: it remembers something, so old dates are what is remembered
    years: frozenset[int]  #: all that are written

    def ahead(self, said: Said) -> bool:
        """Whether the date's part of its sentence speaks of what is still to come: "closed on May 3, it will ..." does not."""
        before, after = _CLAUSES.split(said.before)[-1], _CLAUSES.split(said.after)
        opens = sum(map(str.isalpha, said.before)) <= _OPENING  # "On May 3, the bridge will be closed"
        # the verb of a Kazakh sentence stands at its end
        parts = after if self.language == "kk" else after[: 2 if opens else 1]
        return _cue(event_cues.AHEAD, self.language, f"{before} {' '.join(parts)}")


def read(article_texts: Sequence[tuple[Where, str]], language: Language, published: date | None) -> Texts:
    """Every date of the texts, with what the whole article says about them."""
    said = tuple(_said(article_texts, language))
    pattern = event_cues.MEMORY.get(language)
    return Texts(
        said=said,
        language=language,
        published=published,
        memory=pattern is not None and any(pattern.search(lower(text)) for _, text in article_texts),
        years=frozenset(int(year) for one in said for year in re.findall(r"(?<!\d)\d{4}", one.edtf)),
    )


def _said(article_texts: Sequence[tuple[Where, str]], language: Language) -> Iterator[Said]:
    count: Counter[Where] = Counter()
    for where, paragraph in _paragraphs(article_texts):
        filed = _dateline_end(paragraph, language) if where == "body" and not count["body"] else 0
        for mention in date_text.find(paragraph, language):
            if where in ("deck", "body") and _alone(mention, paragraph):
                continue
            yield _in_sentence(mention, paragraph, where, count[where], filed=filed)
        count[where] += 1


def _paragraphs(article_texts: Sequence[tuple[Where, str]]) -> Iterator[tuple[Where, str]]:
    """Paragraph by paragraph; one of the body that repeats a caption is a caption there too."""
    captions = {text.strip() for where, text in article_texts if where == "caption"}
    for where, text in article_texts:
        for paragraph in re.split(r"\n[^\S\n]*\n", text):
            if stripped := paragraph.strip():
                yield "caption" if stripped in captions else where, stripped


def _alone(mention: DateMention, paragraph: str) -> bool:
    """Whether a line is but a date: "Updated: 15 January 2026, 10:30" is the page's and tells no event."""
    rest = paragraph[: mention.start] + paragraph[mention.end :]
    return sum(map(str.isalpha, rest[: 2 * _AROUND])) < _SENTENCE and paragraph[-1] not in '.!?…"»”'


def _dateline_end(paragraph: str, language: Language) -> int:
    opening = datelines.read(paragraph, language)
    return len(opening.dateline.text) if opening else 0


def _in_sentence(mention: DateMention, paragraph: str, where: Where, number: int, *, filed: int) -> Said:
    """`filed`: where the dateline of the paragraph ends."""
    opening = filed if mention.start >= filed else 0
    before = lower(paragraph[max(opening, mention.start - _AROUND) : mention.start])
    after = lower(paragraph[mention.end : mention.end + _AROUND])
    sentences = _SENTENCE_END.split(before)
    return Said(
        mention=mention,
        where=where,
        paragraph=number,
        before=sentences[-1],
        after=_SENTENCE_END.split(after)[0],
        first=len(sentences) == 1 and mention.start - opening <= _AROUND,
        archive=where == "caption" and event_cues.ARCHIVE.search(lower(paragraph)) is not None,
        dateline=mention.end <= filed,
    )


def background(said: Said, language: Language) -> bool:
    """Whether the words beside the date, or its own form, say that it is not the main event's."""
    if said.archive or _far(said.mention.relative) or event_cues.PAPER.match(said.after):
        return True
    if _cue(event_cues.AFTER, language, said.after):
        return True
    if "/" in said.edtf:  # "from February 4 to 10" opens with a word that would make a single day a beginning
        origin = _cue(event_cues.MOVED, language, said.before)
    else:
        origin = _cue(event_cues.BEFORE, language, said.before) or _cue(event_cues.ORIGIN, language, said.surface)
    return origin or (not said.yearless and _only_names(said, language))


def _only_names(said: Said, language: Language) -> bool:
    """Whether a date with its year says which law, fire or mill is meant, and not when the event was."""
    return (
        _cue(event_cues.BEFORE_YEAR, language, said.before)
        or _cue(event_cues.ATTRIBUTE, language, said.surface)
        or _cue(event_cues.ATTRIBUTE_AFTER, language, said.after)
    )


def _cue(patterns: Mapping[Language, re.Pattern[str]], language: Language, text: str) -> bool:
    pattern = patterns.get(language)
    return pattern is not None and pattern.search(text) is not None


def told(said: Said, language: Language) -> bool:
    """Whether it is the day on which somebody spoke of the event."""
    before, after = event_cues.TOLD_BEFORE, event_cues.TOLD_AFTER
    return _cue(before, language, said.before) or _cue(after, language, said.after)


def _far(relative: Relative | None) -> bool:
    """ "last year", "two months ago"; "this year" is not."""
    if relative is None or relative.unit in ("day", "weekday"):
        return False
    return relative.offset != 0 or relative.approximate

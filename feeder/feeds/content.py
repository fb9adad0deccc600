"""What readers of a feed see of an entry, as HTML; the same in every format.

Lines of ours are in the readers' language, the story is in its own. Where the two differ, each block says which it is
with `lang`, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from feeder import markup
from feeder.feeds import fields
from feeder.language import dates, locales
from feeder.model import Correction, Edtf, Enclosure, Entry, Feed, Language, Locale, Notice


def html(entry: Entry, feed: Feed) -> str:
    """The entry as an HTML fragment with absolute addresses. Without a body, its summary and a link to the page."""
    parts = (
        _block(entry, entry.locale, (_label(entry), *_corrections(entry), _place(entry), _event(entry))),
        _block(entry, entry.language, (_deck(entry), *_figures(entry, feed), _story(entry))),
        _block(entry, entry.locale, (_onward(entry), *_notices(entry), _source(entry), _sisters(entry))),
    )
    return markup.clean("\n".join(part for part in parts if part))


def _block(entry: Entry, language: Language, parts: Iterable[Markup]) -> Markup:
    inside = Markup("\n").join(part for part in parts if part)
    if not inside or entry.language == entry.locale:
        return inside
    return Markup('<div lang="{}">\n{}\n</div>').format(language, inside)


def _label(entry: Entry) -> Markup:
    return Markup("<p><em>{}</em></p>").format(entry.label) if entry.label else Markup()


def _corrections(entry: Entry) -> list[Markup]:
    return [_correction(entry, one) for one in entry.corrections]


def _correction(entry: Entry, one: Correction) -> Markup:
    """What was put right, before the text, so that nobody misses it."""
    day = Markup(" ({})").format(dates.long(one.made, entry.locale)) if one.made else ""
    words = Markup("<span{}>{}</span>").format(_lang(entry.language, entry.locale), one.text)
    return Markup("<p><strong>{}{}:</strong> {}</p>").format(locales.text(entry.locale, "Correction"), day, words)


def _place(entry: Entry) -> Markup:
    if entry.dateline:
        return Markup("<p>{}</p>").format(entry.dateline)
    if not entry.places:
        return Markup()
    words = locales.catalog(entry.locale)
    heading = words.gettext("Place") if len(entry.places) == 1 else words.gettext("Places")
    return Markup("<p>{}: {}</p>").format(heading, locales.join(entry.locale, [place.name for place in entry.places]))


def _event(entry: Entry) -> Markup:
    if entry.event_date is None:
        return Markup()
    heading = locales.text(entry.locale, "Date of the event")
    return Markup("<p>{}: {}</p>").format(heading, _time(entry.event_date, entry.locale))


def _time(value: Edtf, locale: Locale) -> Markup:
    machine, words = dates.iso(value), dates.words(value, locale)
    return Markup('<time datetime="{}">{}</time>').format(machine, words) if machine else escape(words)


def _deck(entry: Entry) -> Markup:
    return Markup("<p><strong>{}</strong></p>").format(entry.deck) if entry.deck else Markup()


def _figures(entry: Entry, feed: Feed) -> list[Markup]:
    images = [item for item in entry.enclosures if item.type.startswith("image/")]
    return [_figure(item, fields.media(feed, item)) for item in images]


def _figure(image: Enclosure, url: str) -> Markup:
    size = Markup(' width="{}" height="{}"').format(image.width, image.height) if image.width * image.height else ""
    caption = Markup("<figcaption>{}</figcaption>").format(image.caption) if image.caption else ""
    return Markup('<figure><img src="{}" alt="{}"{}>{}</figure>').format(url, image.alt, size, caption)


def _story(entry: Entry) -> Markup:
    """The body is safe by the promise of `Entry.html`; a feed without full text leaves it empty."""
    if entry.html.strip():
        return Markup(entry.html.strip())  # noqa: S704  sanitised where the entry was made
    return Markup("<p>{}</p>").format(entry.summary) if entry.summary else Markup()


def _onward(entry: Entry) -> Markup:
    if entry.html.strip():
        return Markup()
    words = locales.text(entry.locale, "Read the full story")
    return Markup('<p><a href="{}">{}</a></p>').format(fields.uri(entry.url), words)


def _notices(entry: Entry) -> list[Markup]:
    return [_notice(entry, notice) for notice in entry.notices]


def _notice(entry: Entry, notice: Notice) -> Markup:
    lines = Markup("\n").join(
        Markup("<p{}>{}</p>").format(_lang(notice.language, entry.locale), line)
        for line in notice.text.split("\n")
        if line.strip()
    )
    return Markup("<aside>\n<p><strong>{}</strong></p>\n{}\n</aside>").format(_heading(entry.locale, notice), lines)


def _heading(locale: Locale, notice: Notice) -> str:
    words = locales.catalog(locale)
    headings = {
        "legal": words.gettext("Legal notice"),
        "safety": words.gettext("Safety notice"),
        "other": words.gettext("Notice from the source"),
    }
    return headings[notice.kind]


def _lang(language: Language, around: Language) -> Markup:
    return Markup(' lang="{}"').format(language) if language != around else Markup()


def _source(entry: Entry) -> Markup:
    """Who reported it; where two sources have the same story, both."""
    found = fields.sources(entry)
    if not found:
        return Markup()
    words = locales.catalog(entry.locale)
    heading = words.gettext("Source") if len(found) == 1 else words.gettext("Sources")
    names = (Markup('<a href="{}">{}</a>').format(url, name) if url else escape(name) for name, url in found)
    return Markup("<p>{}: {}</p>").format(heading, Markup(", ").join(names))


def _sisters(entry: Entry) -> Markup:
    if not entry.sisters:
        return Markup()
    links = Markup(", ").join(
        Markup('<a href="{}" hreflang="{}" lang="{}">{}</a>').format(fields.uri(url), code, code, locales.autonym(code))
        for code, url in sorted(entry.sisters.items())
    )
    return Markup("<p>{}: {}</p>").format(locales.text(entry.locale, "In other languages"), links)

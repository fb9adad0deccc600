"""One file of a folder -> Article. Chooses the reader by the file's suffix and brings in what its name and side file say."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from feeder import markup
from feeder.articles import datelines, encodings, fields, front_matter, limits, markdown, normalise, pictures
from feeder.articles.encodings import Decoded
from feeder.articles.fields import Fields
from feeder.articles.html_pages import html_page
from feeder.articles.text_pages import text_dump
from feeder.errors import ArticleError, LocaleError
from feeder.language import detect, locales
from feeder.model import Article, Dateline, Language, Markup

SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".html": "html", ".htm": "html"}
_DATE_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?!\d)", re.ASCII)
POSTS = "_posts"  #: Jekyll's folder of what is published
_BUNDLE = "index"  #: Hugo's name for a story in a folder of its own: `2021-03-15-picket/index.kk.md`


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """What the path of an article says: `kk/2021-03-15-picket.md` and `2021-03-15-picket.kk.md` say the same."""

    story: str
    language: Language | None
    published: date | None


def name_of(path: PurePosixPath) -> FileName:
    """Take story, language and date from a path relative to the source; a name may say nothing.

    Raises ArticleError for Kazakh in another alphabet.
    """
    stem, language = path.stem, None
    if "." in stem:
        head, _, code = stem.rpartition(".")
        language = _language(code)
        stem = head if language else stem
    folders = [part for part in path.parts[:-1] if part not in (".", "/", POSTS)]
    in_folders = [found for part in folders if (found := _language(part))]
    rest = [part for part in folders if not _language(part)]
    if stem == _BUNDLE and rest:
        stem = rest.pop()
    return FileName(
        story=markup.line("/".join([*rest, stem])),  # one spelling whatever the disk's form of Unicode
        language=language or (in_folders[-1] if in_folders else None),
        published=_day(_DATE_IN_NAME.match(stem)),
    )


def _language(code: str) -> Language | None:
    """A language in a name; `v2` and `notes` are none. Raises ArticleError for one of ours in an alphabet we do not have."""
    try:
        return locales.parse(code) if 2 <= len(code) <= 7 else None
    except LocaleError as error:
        if re.match(r"(?:kk|kz|kaz)[-_](?:latn|arab|cn)$", code, re.IGNORECASE):
            raise ArticleError(str(error), field="lang") from None
        return None


def _day(match: re.Match[str] | None) -> date | None:
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def read(data: bytes, path: PurePosixPath, *, source: str, zone: ZoneInfo, side: bytes | None = None) -> Article:
    """The article in a file; `side` is its `.toml` side file. Raises ArticleError."""
    name = name_of(path)
    stated = _side_fields(side, path, zone) if side is not None else Fields()
    kind = SUFFIXES[path.suffix.lower()]
    if kind == "markdown":
        article = _from_markdown(encodings.decode(data), name, stated, zone)
    elif kind == "text":
        article = _from_text(encodings.decode(data), name, stated, zone)
    else:
        article = _from_html(data, name, stated, zone)
    dated = normalise.with_event(_dated(limits.bounded(article), name, zone))
    return replace(dated, source=source, key=path.as_posix())


def _side_fields(side: bytes, path: PurePosixPath, zone: ZoneInfo) -> Fields:
    name = path.with_suffix(".toml").name
    if len(side) > front_matter.LIMIT:
        raise ArticleError(f"the side file {name} is longer than 64 kB", field="side file")
    try:
        decoded = encodings.decode(side)
        text = markup.clean(decoded.text)
        stated = fields.read(tomllib.loads(text), zone, fields.key_lines(text, "=", 1))
        odd = (*decoded.problems, *markup.removed(decoded.text))
        return replace(stated, problems=stated.problems + tuple(f"in the side file {name}: {one}" for one in odd))
    except (ValueError, RecursionError) as error:  # ValueError alone: a number of thousands of digits
        at = re.search(r"at line (\d+)", str(error))
        what = str(error).partition(" (at ")[0]
        raise ArticleError(
            f"the side file {name} is not valid TOML: {what}", field="side file", line=int(at[1]) if at else 0
        ) from None
    except ArticleError as error:
        raise ArticleError(f"in the side file {name}: {error.reason}", field=error.field, line=error.line) from None


def _from_markdown(decoded: Decoded, name: FileName, side: Fields, zone: ZoneInfo) -> Article:
    limits.check(decoded.text)
    page = markdown.read(markup.clean(decoded.text), zone, title=side.title)
    stated = _over(page.fields, side)
    raw = markup.from_markdown(page.body)
    html = markup.sanitise(raw)
    language, problems = _decided(stated.lang or name.language, markup.plain(html))
    dateline, body = datelines.split_first(page.body, language)
    if not pictures.without(html).strip():
        body = ""  # nothing but comments and pictures
    problems += decoded.problems + markup.removed(decoded.text, raw)
    inside, dropped = pictures.sorted_out(markup.markdown_images(body))
    article = _article(
        stated, name, language, title=stated.title or page.title, body=body, markup_="markdown", dateline=dateline
    )
    return replace(
        article,
        enclosures=article.enclosures + inside,
        dropped=dropped,
        problems=article.problems + page.problems + problems,
    )


def _from_text(decoded: Decoded, name: FileName, stated: Fields, zone: ZoneInfo) -> Article:
    limits.check(decoded.text)
    text = markup.clean(decoded.text)
    language, problems = _decided(stated.lang or name.language, text)
    page = text_dump.read(text, language=language, publisher=stated.publisher, zone=zone)
    article = _article(
        stated, name, language, title=stated.title or page.title, body="\n\n".join(page.paragraphs), markup_="text",
        dateline=page.dateline,
    )  # fmt: skip
    return _filled(article, page, problems + decoded.problems + markup.removed(decoded.text))


def _from_html(data: bytes, name: FileName, stated: Fields, zone: ZoneInfo) -> Article:
    known = stated.lang or name.language
    page = html_page.read(data, zone, language=known, publisher=stated.publisher)
    if page.foreign and not known:
        reason = (
            f"the page says its language is {page.foreign!r}, and feeder publishes {', '.join(locales.LOCALES)};"
            " if the page is wrong, name the file like story.kk.html"
        )
        raise ArticleError(reason, field="lang")
    language, problems = _decided(known, markup.plain(page.body), page.language)
    dateline, body = datelines.split_first(page.body, language)
    article = _article(
        stated, name, language, title=stated.title or page.title, body=body, markup_="html",
        dateline=dateline or page.dateline,
    )  # fmt: skip
    return replace(
        _filled(article, page, problems),
        alternates=tuple(pair for pair in page.alternates if pair[0] != language),
        url=article.url or page.url,
        event_date=article.event_date or page.event_date,
        tags=article.tags or page.tags,
        enclosures=article.enclosures + page.pictures,
    )


def _filled(article: Article, page: text_dump.Page | html_page.Page, problems: tuple[str, ...]) -> Article:
    """The article with what its page says where the editor states nothing."""
    return replace(
        article,
        deck=article.deck or page.deck,
        authors=article.authors or page.authors,
        caption=article.caption or page.caption,
        publisher=article.publisher or page.publisher,
        published=article.published or page.published,
        updated=article.updated or page.updated,
        notices=article.notices + page.notices,
        related=page.related,
        dropped=page.dropped,
        problems=article.problems + page.problems + problems,
    )


def _decided(stated: Language | None, text: str, page: Language | None = None) -> tuple[Language, tuple[str, ...]]:
    """The language of a text: the editor's word, else what its letters say, else what its page says; and what is odd.

    A page's own word comes last: many sites have one template for all languages.
    """
    seen = detect.language_of(text)
    language = stated or seen or page
    if language is None:
        raise ArticleError("cannot tell the language; name the file like story.kk.md or write lang: kk", field="lang")
    said = stated or page
    odd = seen is not None and said is not None and seen != said
    return language, (f"its language is given as {said!r}, but the text looks like {seen!r}",) if odd else ()


def _over(inner: Fields, side: Fields) -> Fields:
    """Front matter, with what a side file states over it."""
    empty = Fields()
    changed = {name: getattr(side, name) for name in Fields.__slots__ if getattr(side, name) != getattr(empty, name)}
    return replace(inner, **{**changed, "problems": inner.problems + side.problems})


def _article(
    stated: Fields,
    name: FileName,
    language: Language,
    *,
    title: str,
    body: str,
    markup_: Markup,
    dateline: Dateline | None,
) -> Article:
    if not title:
        raise ArticleError("has no title; write one in the front matter or as a first heading", field="title")
    if not body.strip():
        raise ArticleError("has no text below its title", field="body")
    return Article(
        source="", key="", story=stated.story or name.story, story_stated=bool(stated.story), language=language, title=title,
        deck=stated.deck, body=body, markup=markup_, dateline=dateline, authors=stated.authors, caption=stated.caption,
        publisher=stated.publisher, url=stated.url, slug=stated.slug, published=stated.published, updated=stated.updated,
        event_date=stated.event_date, places=stated.places, tags=stated.tags,
        enclosures=(stated.image,) if stated.image else (), notices=stated.notices(language),
        corrections=stated.corrections, problems=stated.problems,
        draft=stated.draft, pinned=stated.pinned,
    )  # fmt: skip


def _dated(article: Article, name: FileName, zone: ZoneInfo) -> Article:
    """A date at the start of the file name counts when the article states none."""
    if article.published is None and name.published:
        return replace(article, published=datetime.combine(name.published, time(), zone))
    return article

"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/) -> Document. What is of a wrong type counts as missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from feeder import markup
from feeder.articles.feed_items import Document, Item, from_text, once, web, words
from feeder.errors import ArticleError
from feeder.model import SourceError

#: An escape in JSON; the group is half a surrogate pair, which stands for nothing (RFC 8259, 8.2).
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def read(text: str, url: str) -> Document:
    """The document; `url` is where it was found. Raises ArticleError when it is no feed."""
    raw = _decoded(text)
    if not isinstance(raw, dict) or not isinstance(raw.get("items"), list):
        raise ArticleError("is JSON, but no JSON Feed: it has no list of items", field="feed")
    return Document(
        title=_line(raw.get("title")),
        link=web(url, raw.get("home_page_url")),
        language=_line(raw.get("language")),
        items=tuple(_item(one, number, url, raw) for number, one in enumerate(raw["items"], start=1)),
    )


def _decoded(text: str) -> Any:
    """The JSON; control characters and halves of surrogates in its texts are forgiven. Raises ArticleError."""
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        try:
            return json.loads(_ESCAPE.sub(_whole, text), strict=False)
        except (ValueError, RecursionError):
            raise ArticleError(f"is no valid JSON: {error}", field="feed") from None


def _whole(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape[1] else escape[0]


def _item(raw: Any, number: int, url: str, feed: dict[str, Any]) -> Item | SourceError:
    if not isinstance(raw, dict):
        return SourceError(source="", key=f"item {number}", line=0, field="items", reason="is no JSON object")
    html, text = raw.get("content_html"), raw.get("content_text")
    summary = raw.get("summary") if isinstance(raw.get("summary"), str) else ""
    body = html if isinstance(html, str) and html.strip() else from_text(text) if isinstance(text, str) else ""
    link = web(url, raw.get("url")) or web(url, raw.get("external_url"))
    return Item(
        id=_line(raw.get("id")),
        link=link,
        title=_line(raw.get("title")),
        html=body if body.strip() else from_text(summary or ""),
        summary=from_text(summary or "") if body.strip() else "",
        base=link or url,
        language=_line(raw.get("language")),
        authors=once([words(name) for name in (*_names(raw), *([] if _names(raw) else _names(feed)))]),
        published=_dates(raw.get("date_published")),
        updated=_dates(raw.get("date_modified")),
        tags=once([tag for tag in _list(raw.get("tags")) if isinstance(tag, str)]),
        files=tuple(_files(raw, url)),
    )


def _line(value: object) -> str:
    """Text, or a number, which some feeds have as id."""
    known = isinstance(value, str | int | float) and not isinstance(value, bool)
    return markup.line(str(value)) if known else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(raw: dict[str, Any]) -> list[str]:
    people = [*_list(raw.get("authors")), raw.get("author")]
    return [one["name"] for one in people if isinstance(one, dict) and isinstance(one.get("name"), str)]


def _dates(value: object) -> tuple[str, ...]:
    return (markup.line(value),) if isinstance(value, str) and value.strip() else ()


def _files(raw: dict[str, Any], url: str) -> Iterator[tuple[str, str]]:
    for name in ("image", "banner_image"):
        if address := web(url, raw.get(name)):
            yield address, "image"
    for one in _list(raw.get("attachments")):
        if isinstance(one, dict):
            yield web(url, one.get("url")), _line(one.get("mime_type"))

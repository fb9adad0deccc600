"""What machines that pass a page on want to know of it: JSON-LD of schema.org, locales of the Open Graph protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from feeder.model import Correction, Enclosure, Entry, Locale, NamedPlace, Site
from feeder.pages import links

#: og:locale is a language and a territory.
TERRITORIES: Mapping[Locale, str] = {"en": "en_US", "kk": "kk_KZ", "ru": "ru_RU"}


def news_article(entry: Entry, site: Site, *, work: Locale | None = None) -> Markup:
    """A story as a NewsArticle of schema.org, ready to stand in a script element.

    `work`: the language in which it appeared first, when it is known; the other versions are its translations.
    """
    return _embedded({"@context": "https://schema.org", **_article(entry, site), **_translations(entry, work)})


def _embedded(data: Mapping[str, Any]) -> Markup:
    """JSON in which nothing can end the script element or begin a comment in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  no sign of HTML is left in it


def _article(entry: Entry, site: Site) -> dict[str, Any]:
    address = _own(entry)
    return _present(
        {
            "@type": "NewsArticle",
            "@id": address,
            "url": address,
            "mainEntityOfPage": address,
            "headline": entry.title,
            "alternativeHeadline": entry.deck,
            "description": entry.summary,
            "inLanguage": entry.language,
            "datePublished": entry.published.astimezone(site.zone).isoformat(timespec="seconds"),
            "dateModified": entry.updated.astimezone(site.zone).isoformat(timespec="seconds"),
            "author": _authors(entry),
            "publisher": _newsroom(site, entry.locale),
            "image": [_image(file, site) for file in entry.enclosures],
            "contentLocation": [_location(place) for place in entry.places],
            "keywords": [topic.label for topic in entry.topics],
            "isBasedOn": _originals(entry),
            "correction": [_correction(one) for one in entry.corrections],
            "isAccessibleForFree": True,
        }
    )


def _own(entry: Entry) -> str:
    """The page in the text's own language: for a fallback another one than that of the entry."""
    return entry.sisters.get(entry.language, entry.url) if entry.language != entry.locale else entry.url


def _authors(entry: Entry) -> Sequence[dict[str, Any]]:
    people = [{"@type": "Person", "name": name} for name in entry.authors]
    return people or [{"@type": "Organization", "name": name} for name in entry.publishers]


def _newsroom(site: Site, locale: Locale) -> dict[str, Any]:
    home = links.address(site, links.home(locale))
    return {"@type": "NewsMediaOrganization", "name": site.titles[locale], "url": home}


def _image(file: Enclosure, site: Site) -> dict[str, Any]:
    url = links.address(site, file.path)
    said = {"caption": file.caption, "description": file.alt, "width": file.width, "height": file.height}
    return _present({"@type": "ImageObject", "url": url, **said})


def _location(place: NamedPlace) -> dict[str, Any]:
    point = place.latitude is not None and place.longitude is not None
    geo = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    country = {"@type": "PostalAddress", "addressCountry": place.country}
    return _present(
        {
            "@type": "Place",
            "name": place.name,
            "geo": geo if point else None,
            "address": country if place.country else None,
        }
    )


def _originals(entry: Entry) -> list[str]:
    return [url for url in (links.web(one) for one in (entry.original, *(one.url for one in entry.credits))) if url]


def _correction(one: Correction) -> dict[str, Any]:
    made = one.made.isoformat() if one.made else ""
    return _present({"@type": "CorrectionComment", "text": one.text, "datePublished": made})


def _translations(entry: Entry, work: Locale | None) -> dict[str, Any]:
    """What this version is a translation of, or which are translations of it; where it is not known, both ways."""
    versions = {
        code: {"@type": "NewsArticle", "@id": url, "inLanguage": code}
        for code, url in entry.sisters.items()
        if code != entry.language
    }
    if work in versions:
        return {"translationOfWork": versions[work]}
    return _present({"workTranslation": list(versions.values())})


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty or unknown."""
    return {name: value for name, value in values.items() if value not in (None, "", 0, [], ())}

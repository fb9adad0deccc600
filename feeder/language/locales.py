"""Language codes, gettext catalogs, lists: the only module that loads a catalog.

Catalogs follow gettext's convention: the msgid is the English text, msgctxt tells meanings apart ("date pattern").
In a wheel they come compiled; in a checkout the .po is compiled in memory, so it is never stale.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from gettext import GNUTranslations
from pathlib import Path
from typing import TypeVar, cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from feeder.errors import LocaleError, TemplateError
from feeder.model import Language, Locale
from feeder.resources import folder

Text = TypeVar("Text", bound=str)  #: a text, or markup that escapes what it is filled with
LOCALES: tuple[Locale, ...] = ("en", "kk", "ru")

#: The languages shown to the readers of a locale when a story lacks theirs, best first.
FALLBACK: dict[Locale, tuple[Language, ...]] = {
    "en": ("en", "ru", "kk"),
    "kk": ("kk", "ru", "en"),
    "ru": ("ru", "en", "kk"),
}

_CODES = {
    "en": "en", "eng": "en", "english": "en",
    "kk": "kk", "kaz": "kk", "kz": "kk", "kazakh": "kk",
    "ru": "ru", "rus": "ru", "russian": "ru",
}  # fmt: skip

_OTHER_ALPHABETS = {"latn", "latin", "arab", "arabic", "cn"}  #: Kazakh in China is written in Arabic letters


def parse(code: str) -> Locale:
    """The locale a code means: "kz", "kaz", "kk-KZ", "kk_Cyrl" and "kk_KZ.UTF-8" are all "kk".

    Raises LocaleError for other languages, and for Kazakh in Latin or Arabic letters: Babel would serve Cyrillic
    silently.
    """
    head, *rest = re.split(r"[-_.@]", code.strip().lower())
    if head not in _CODES:
        raise LocaleError(f"unknown language {code!r}; use one of {', '.join(LOCALES)}")
    if _CODES[head] == "kk" and _OTHER_ALPHABETS & set(rest):
        raise LocaleError(f"{code!r} is Kazakh in another alphabet; feeder serves Cyrillic Kazakh as 'kk'")
    return _CODES[head]


_loaded: dict[tuple[Locale, str], GNUTranslations] = {}


def catalog(locale: Locale, domain: str = "messages") -> GNUTranslations:
    """The catalog `messages` or `places` of a locale.

    Raises FileNotFoundError when it is missing: there is no silent English. Beware of gettext(""), which is the header.
    """
    try:
        return _loaded[locale, domain]
    except KeyError:
        return load(locale, domain)


def load(locale: Locale, domain: str) -> GNUTranslations:
    """Read a catalog from the disk, also again. Raises TemplateError when it is broken; then the one before stays."""
    found = _loaded[locale, domain] = _read(locale, domain)
    return found


def _read(locale: Locale, domain: str) -> GNUTranslations:
    base = folder("translations") / locale / "LC_MESSAGES"
    source = base / f"{domain}.po"
    stream = _compiled(source, locale) if source.exists() else io.BytesIO((base / f"{domain}.mo").read_bytes())
    return GNUTranslations(stream)


def _compiled(source: Path, locale: Locale) -> io.BytesIO:
    stream = io.BytesIO()
    try:
        with source.open("rb") as po:
            write_mo(stream, read_po(po, locale=locale, abort_invalid=True))
    except PoFileError as error:
        raise TemplateError(f"{source}:{error.lineno + 1}: {error}; correct the catalog") from None
    except UnicodeDecodeError:
        raise TemplateError(f"{source} is not written in UTF-8; save it again in UTF-8") from None
    stream.seek(0)
    return stream


def untranslated(locale: Locale, domain: str = "messages") -> list[str]:
    """Messages that another language has and this one lacks, sorted. Raises TemplateError, FileNotFoundError."""
    own = _messages(locale, domain)
    return sorted({message for other in LOCALES for message in _messages(other, domain)} - own)


def _messages(locale: Locale, domain: str) -> set[str]:
    keys = catalog(locale, domain)._catalog  # type: ignore[attr-defined]  # the library has no other way to list them
    return {key[0] if isinstance(key, tuple) else key for key in keys}


def text(locale: Locale, message: str, /, **values: object) -> str:
    """A message of the catalog with its {placeholders} filled."""
    return fill(catalog(locale).gettext(message), values)


def fill(message: Text, values: Mapping[str, object]) -> Text:
    """A message with its {placeholders} filled. Raises TemplateError when it asks for what it is not given."""
    try:
        return cast(Text, message.format(**values))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        wanted = ", ".join(f"{{{name}}}" for name in values) or "none"
        raise TemplateError(
            f"the message {str(message)!r} has a wrong placeholder ({error}); there is: {wanted}"
        ) from None


def join(locale: Locale, items: Sequence[str]) -> str:
    """A list as the language writes it: "A, B және C". (CLDR's Kazakh list of three has no "және"; ours has.)"""
    if len(items) < 2:
        return "".join(items)
    return text(locale, "{a} and {b}", a=_comma(locale, items[:-1]), b=items[-1])


def _comma(locale: Locale, items: Sequence[str]) -> str:
    oxford = "," if locale == "en" and len(items) > 1 else ""
    return ", ".join(items) + oxford


def written_in(locale: Locale, language: Language, *, only: bool) -> str:
    """The label of a fallback: what the readers of `locale` are told about a text in `language`.

    `only`: the story has no other language; where it has, "only" would not be true.
    """
    words = catalog(locale)
    labels = {
        "en": (words.gettext("In English"), words.gettext("Available in English only")),
        "kk": (words.gettext("In Kazakh"), words.gettext("Available in Kazakh only")),
        "ru": (words.gettext("In Russian"), words.gettext("Available in Russian only")),
    }
    return labels[language][only]


def autonym(language: Language) -> str:
    """A language's name for itself: "Қазақша"."""
    return {"en": "English", "kk": "Қазақша", "ru": "Русский"}[language]

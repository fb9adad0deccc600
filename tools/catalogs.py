#!/usr/bin/env python3
"""Keep translations/ in step with the code, the templates and the gazetteer.

./dev catalogs           update messages.pot and LOCALE/LC_MESSAGES/{messages,places}.po
./dev catalogs --check   change nothing; print one line per finding, exit with 1 when there is any

`messages` holds the texts of feeder/ and templates/: the msgid is the English text. `places` holds the names of
feeder/language/gazetteer.tsv: the msgid is the place's id, for a former name "ID@FIRST-DAY" or "ID@..LAST-DAY".
A translation that is there stays: the .po files belong to the translators. Texts that left the code leave the
catalogs; git remembers them. Nothing is guessed (no fuzzy entries), and no date or line number is written, so that
a catalog changes only when its texts do.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from tokenize import TokenError

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import PoFileError, normalize, read_po, write_po
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).resolve().parent.parent
LICENSE = "# Distributed under the same license as feeder (Apache-2.0)."
LANGUAGES = {"en": "English", "kk": "Kazakh", "ru": "Russian"}

#: function -> which of its arguments are the msgid ("c": the context); None: the first
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "text": (2,),
}
COMMENT_TAG = "Translators:"

Text = str | tuple[str, ...]
Key = tuple[str, str]  #: context, msgid


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A message that a catalog must have."""

    id: Text  #: a tuple (singular, plural) when it counts something
    context: str | None = None
    first: Mapping[str, Text] = field(default_factory=dict)  #: locale -> what a new entry begins with
    comments: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return _key(self.context, self.id)


def _key(context: str | None, msgid: object) -> Key:
    return context or "", str(msgid[0]) if isinstance(msgid, (tuple, list)) else str(msgid)


# --- what is wanted ------------------------------------------------------------------------------


def messages(root: Path) -> list[Wanted]:
    """The texts of the code and the templates, in the order of their msgids. Raises ValueError for a broken file."""
    found: dict[Key, Wanted] = {}
    for made in _extracted(root):
        found[made.key] = _joined(found.get(made.key), made)
    return sorted(found.values(), key=_order)


def _extracted(root: Path) -> Iterator[Wanted]:
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    reading = ["babel.cfg"]  #: the file at hand, for the error message
    results = extract_from_dir(
        root,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=(COMMENT_TAG,),
        callback=lambda name, _method, _options: reading.append(name),
        directory_filter=lambda folder: _is_ours(root, Path(folder)),
    )
    try:
        for name, _, msgid, comments, context in results:
            yield Wanted(id=msgid, context=context, files=(name,), comments=tuple(comments))
    except (TemplateSyntaxError, SyntaxError, TokenError) as error:
        raise ValueError(f"{reading[-1]}: {error.args[0]}".splitlines()[0]) from error


def _is_ours(root: Path, folder: Path) -> bool:
    return folder.relative_to(root).parts[:1] in {("feeder",), ("templates",)} and not folder.name.startswith(
        ("_", ".")
    )


def _joined(old: Wanted | None, new: Wanted) -> Wanted:
    """One message used in several places; the plural use wins over the plain one, as in gettext."""
    plural = next((wanted.id for wanted in (old, new) if wanted and isinstance(wanted.id, tuple)), new.id)
    comments = dict.fromkeys((old.comments if old else ()) + new.comments)
    files = {*(old.files if old else ()), *new.files}
    return Wanted(
        id=plural, context=new.context, first={"en": plural}, comments=tuple(comments), files=tuple(sorted(files))
    )


def _order(wanted: Wanted) -> tuple[str, str]:
    return wanted.key[1], wanted.key[0]


def places(root: Path) -> list[Wanted]:
    """The names of the gazetteer, in the order of their ids; empty when there is no gazetteer."""
    path = root / "feeder" / "language" / "gazetteer.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = [
        Wanted(
            id=_place_id(row),
            first={locale: row[locale] for locale in LANGUAGES},
            comments=(f"{row['en']} ({row['kind']})",),
        )
        for row in rows
    ]
    return sorted(found, key=_order)


def _place_id(row: Mapping[str, str]) -> str:
    if row["name_status"] != "former":
        return row["id"]
    return f"{row['id']}@{row['valid_from'] or '..' + row['valid_to']}"


# --- update --------------------------------------------------------------------------------------


def merged(wanted: Iterable[Wanted], old: Catalog, locale: str) -> Catalog:
    """The wanted messages with the translations of `old`; new ones begin with `Wanted.first`, or empty."""
    known = {_key(message.context, message.id): message for message in old if message.id}
    made = Catalog(locale=locale)
    for want in wanted:
        message = known.get(want.key)
        made.add(
            want.id,
            string=_translation(want, message, locale),
            context=want.context,
            auto_comments=want.comments,
            user_comments=message.user_comments if message else (),
            flags={"fuzzy"} if message and message.fuzzy else (),
            locations=[(name, 0) for name in want.files],
        )
    return made


def _translation(want: Wanted, message: Message | None, locale: str) -> Text:
    if message and message.pluralizable == isinstance(want.id, tuple):
        forms = _tuple(message.string)
        if any(forms):
            return forms if message.pluralizable else forms[0]
    empty = ("",) * Catalog(locale=locale).num_plurals if isinstance(want.id, tuple) else ""
    return want.first.get(locale, empty)


def to_bytes(catalog: Catalog, header: str) -> bytes:
    """The catalog as a .po file."""
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, include_lineno=False, sort_output=True)
    return (header + "\n" + body.getvalue().decode().strip("\n") + "\n").encode()


def header(locale: str, domain: str, old: Catalog | None = None) -> str:
    """The header of a .po: no dates, the translator's own lines kept."""
    fresh, language = Catalog(locale=locale), LANGUAGES[locale]
    team = old.language_team if old and old.language_team != fresh.language_team else language
    fields = {"Project-Id-Version": "feeder", "Language-Team": team, "Language": locale}
    if old and old.last_translator != fresh.last_translator:
        fields["Last-Translator"] = old.last_translator
    what = "Place names" if domain == "places" else "Texts"
    comment = old.header_comment if old else f"# {what} of feeder in {language}.\n{LICENSE}"
    return _header(comment, fields | {"Plural-Forms": fresh.plural_forms})


def _header(comment: str, fields: Mapping[str, str]) -> str:
    charset = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in {**fields, **charset}.items())
    return f'{comment}\nmsgid ""\nmsgstr {normalize(lines, width=0)}\n'


def template(wanted: Iterable[Wanted]) -> bytes:
    """messages.pot: what a translator of another language begins with."""
    made = Catalog()
    for want in wanted:
        made.add(
            want.id, context=want.context, auto_comments=want.comments, locations=[(name, 0) for name in want.files]
        )
    return to_bytes(made, _header(f"# Texts of feeder.\n{LICENSE}", {"Project-Id-Version": "feeder"}))


def po_path(root: Path, locale: str, domain: str) -> Path:
    return root / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"


def update(root: Path) -> Iterator[str]:
    """Write what changed; gives one line per file written."""
    texts, names = messages(root), places(root)
    yield from _write(root, root / "translations" / "messages.pot", template(texts))
    for locale in LANGUAGES:
        for domain, wanted in (("messages", texts), ("places", names)):
            path = po_path(root, locale, domain)
            old = read(path, locale) if path.exists() else None
            if wanted or old:
                new = merged(wanted, old or Catalog(locale=locale), locale)
                yield from _write(root, path, to_bytes(new, header(locale, domain, old)))


def _write(root: Path, path: Path, data: bytes) -> Iterator[str]:
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
    yield f"{path.relative_to(root)}: written"


def read(path: Path, locale: str) -> Catalog:
    """Raises PoFileError or ValueError when the file is no .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


# --- check ---------------------------------------------------------------------------------------


def check(root: Path) -> Iterator[str]:
    """One line per finding."""
    texts = messages(root)
    pot = root / "translations" / "messages.pot"
    if not pot.exists() or pot.read_bytes() != template(texts):
        yield f"{pot.relative_to(root)}: not up to date; run ./dev catalogs"
    for locale in LANGUAGES:
        for domain, wanted in (("messages", texts), ("places", places(root))):
            path = po_path(root, locale, domain)
            if wanted or path.exists():
                yield from (f"{path.relative_to(root)}: {line}" for line in _check_file(path, locale, wanted))


def _check_file(path: Path, locale: str, wanted: Iterable[Wanted]) -> Iterator[str]:
    if not path.exists():
        yield "the file is missing; run ./dev catalogs"
        return
    try:
        catalog = read(path, locale)
    except (PoFileError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    yield from _check_header(path.read_text(encoding="utf-8"), locale)
    yield from _check_set(catalog, {want.key: want for want in wanted})
    for message in catalog:
        if message.id:
            yield from (f"{_shown(message.context, message.id)}: {line}" for line in check_message(message, locale))


def _check_header(text: str, locale: str) -> Iterator[str]:
    want = Catalog(locale=locale).plural_forms
    match = re.search(r'^"Plural-Forms: *(.*?)(?:\\n)?"$', text, re.MULTILINE)
    if match is None or match[1].rstrip(";") != want.rstrip(";"):
        yield f"Plural-Forms must be {want!r}"


def _check_set(catalog: Catalog, wanted: Mapping[Key, Wanted]) -> Iterator[str]:
    known = {_key(message.context, message.id): message for message in catalog if message.id}
    for key, want in wanted.items():
        if key not in known:
            yield f"{_shown(want.context, want.id)}: missing; run ./dev catalogs"
        elif known[key].pluralizable != isinstance(want.id, tuple):
            yield f"{_shown(want.context, want.id)}: plural in one of code and catalog only; run ./dev catalogs"
    for key, message in known.items():
        if key not in wanted:
            yield f"{_shown(message.context, message.id)}: not used any more; run ./dev catalogs"
    for message in catalog.obsolete.values():
        yield f"{_shown(message.context, message.id)}: obsolete entry (#~); run ./dev catalogs"


def _shown(context: str | None, msgid: object) -> str:
    context, text = _key(context, msgid)
    short = text if len(text) <= 60 else text[:59] + "…"
    return f"{context}: {short!r}" if context else repr(short)


def check_message(message: Message, locale: str) -> Iterator[str]:
    """What is wrong with one translation."""
    forms = _tuple(message.string)
    want = Catalog(locale=locale).num_plurals if message.pluralizable else 1
    if not any(forms):
        yield "not translated"
        return
    if len(forms) != want or not all(forms):
        yield f"has {sum(map(bool, forms))} of {want} plural forms" if message.pluralizable else "not translated"
    if message.fuzzy:
        yield "fuzzy"
    yield from _check_placeholders(message, forms)
    if message.context == "date pattern" and _letters(forms[0]) != _letters(_tuple(message.id)[0]):
        yield "date pattern with other parts than the English one"
    for form in forms:
        yield from check_letters(form)


def _tuple(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text),)


def _check_placeholders(message: Message, forms: tuple[str, ...]) -> Iterator[str]:
    """Form 0 goes with the singular where it says "one" (two forms); in Russian it also serves 21, 31 ..."""
    ids = _tuple(message.id)
    for number, form in enumerate(filter(None, forms)):
        want = ids[0] if number == 0 and len(forms) <= 2 else ids[-1]
        if placeholders(form) is None or placeholders(form) != placeholders(want):
            yield f"other placeholders than {want!r}: {form!r}"


def placeholders(text: str) -> frozenset[tuple[str, str, str]] | None:
    """The {fields} with format and conversion; None when the braces do not match."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    return frozenset((name, form or "", kind or "") for _, name, form, kind in parts if name is not None)


def _letters(pattern: str) -> frozenset[str]:
    """The fields of a CLDR pattern, without quoted text; L and M are both the month."""
    return frozenset(re.findall(r"[A-Za-z]", re.sub(r"'[^']*'", "", pattern).replace("L", "M")))


def check_letters(text: str) -> Iterator[str]:
    """Faults that a reader's eye passes over: look-alike letters, invisible spaces, decomposed letters."""
    for word in re.findall(r"[^\W\d_]+", re.sub(r"\{[^{}]*\}", " ", text)):
        if re.search(r"[A-Za-z\u00c0-\u024f]", word) and re.search(r"[\u0400-\u052f]", word):
            yield f"Latin and Cyrillic letters in one word: {word!r}"
    if "\u202f" in text:
        yield "has U+202F, which many fonts lack; use U+00A0"
    if unicodedata.normalize("NFC", text) != text:
        yield "is not in Unicode's composed form (NFC)"


# --- command line --------------------------------------------------------------------------------


def main(args: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./dev catalogs", description="Keep translations/ in step with the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when something is wrong")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    options = parser.parse_args(args)
    try:
        lines = list((check if options.check else update)(options.root.resolve()))
    except (PoFileError, ValueError) as error:
        print(f"catalogs: {error}", file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 1 if options.check and lines else 0


if __name__ == "__main__":
    raise SystemExit(main())

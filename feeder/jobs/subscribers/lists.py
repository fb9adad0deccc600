"""The operator's side of the list: adding, importing, exporting, erasing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from feeder import addresses
from feeder.errors import AddressError, FeederError, LocaleError
from feeder.keys import Keys
from feeder.language import locales
from feeder.model import Locale
from feeder.store import Store, subscribers
from feeder.store.subscribers import Kept, Why

COLUMNS = ("email", "language", "confirmed_at", "evidence")
_LIVES = ("active", "paused")
_BATCH = 500

REASONS: Mapping[Why, str] = {
    "erased": "was erased",
    "left": "has left",
    "bounced": "does not take mail",
    "complained": "called the digest spam",
}


class Suppressed(AddressError):  # noqa: N818  what the address is
    """An address that only its owner may put back."""

    def __init__(self, why: Why) -> None:
        super().__init__(
            f"this address {REASONS[why]}; only its owner can come back, through the site's page to subscribe"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Somebody whose consent the operator has."""

    email: str = field(repr=False)  #: as `feeder.addresses.parse` gives it
    locale: Locale
    at: datetime
    evidence: Mapping[str, Any]
    paused: bool = False


def add_confirmed(store: Store, keys: Keys, consent: Consent, *, name: str, now: datetime) -> bool:
    """Add one person; `name` is opaque. False when the address is in the list already. Raises Suppressed."""
    with store.write() as connection:
        return _add(connection, keys, consent, name, now)


def _add(connection: sa.Connection, keys: Keys, consent: Consent, name: str, now: datetime) -> bool:
    email_hash = keys.hash(consent.email)
    if why := subscribers.suppression(connection, email_hash):
        raise Suppressed(why)
    known = subscribers.by_hash(connection, email_hash)
    if known and known.state in _LIVES:
        return False
    said: dict[str, Any] = {
        "locale": consent.locale,
        "state": "paused" if consent.paused else "active",
        "confirmed": consent.at,
        "evidence": dict(consent.evidence),
    }
    if known:
        subscribers.change(connection, known.row, changed=now, **said)
        return True
    sealed = keys.seal(consent.email, name)
    return subscribers.put(connection, name=name, email_hash=email_hash, email=sealed, now=now, **said) is not None


def may_ask(store: Store, keys: Keys, email: str) -> None:
    """Whether the operator may have a letter sent to an address. Raises Suppressed."""
    with store.read() as connection:
        if why := subscribers.suppression(connection, keys.hash(email)):
            raise Suppressed(why)


def erase(store: Store, keys: Keys, email: str, now: datetime) -> str | None:
    """Take an address out for good: only its keyed hash is left. The subscriber's name; None when it is not in the list."""
    email_hash = keys.hash(email)
    with store.write() as connection:
        known = subscribers.by_hash(connection, email_hash)
        if known is None:
            return None
        subscribers.remove(connection, known.row)
        subscribers.suppress(connection, email_hash, "erased", now)
    store.settle()
    return known.name


# --- out ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A subscriber as the operator sees one."""

    id: str
    email: str = field(repr=False)  #: in full or masked; "" when it is erased
    language: Locale
    state: str
    asked: datetime
    confirmed_at: datetime | None
    evidence: Mapping[str, Any]
    soft_bounces: int

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "email": self.email,
            "language": self.language,
            "state": self.state,
            "asked_at": self.asked.isoformat(),
            "confirmed_at": self.confirmed_at.isoformat() if self.confirmed_at else None,
            "evidence": dict(self.evidence),
            "soft_bounces": self.soft_bounces,
        }

    def cells(self) -> tuple[str, str, str, str]:
        """For CSV, in the order of COLUMNS; who pauses is told apart in the evidence, for an import to know."""
        more = {"state": "paused"} if self.state == "paused" else {}
        evidence = json.dumps({**self.evidence, **more}, ensure_ascii=False, sort_keys=True)
        return self.email, self.language, self.confirmed_at.isoformat() if self.confirmed_at else "", evidence


def rows(store: Store, keys: Keys, *, masked: bool) -> list[Row]:
    """Everybody, in the order in which they asked first."""
    with store.read() as connection:
        return [_row(keys, one, masked=masked) for one in subscribers.every(connection)]


def _row(keys: Keys, one: Kept, *, masked: bool) -> Row:
    email = keys.unseal(one.email, one.name) if one.email is not None else ""
    return Row(
        id=one.name,
        email=addresses.mask(email) if masked else email,
        language=one.locale,
        state=one.state,
        asked=one.asked,
        confirmed_at=one.confirmed,
        evidence=one.evidence,
        soft_bounces=one.soft_bounces,
    )


def to_csv(found: Collection[Row]) -> str:
    """A header and a line for each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in found)
    return text.getvalue()


def confirmed(found: Collection[Row]) -> list[Row]:
    """Those whose consent can be taken elsewhere."""
    return [row for row in found if row.email and row.confirmed_at and row.state in _LIVES]


# --- in -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the lines of a file."""

    added: int
    known: int  #: in the list already; they stay as they are
    suppressed: tuple[tuple[int, str], ...]  #: line and why nobody but the owner may put it back
    refused: tuple[tuple[int, str], ...]  #: line and what is wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an imported line is held against."""

    locales: tuple[Locale, ...]
    zone: ZoneInfo  #: of dates without an offset
    refused_domains: tuple[str, ...]
    now: datetime


def import_csv(store: Store, keys: Keys, text: str, terms: Terms, new_name: Callable[[], str]) -> Imported:
    """Add everybody of a CSV file whose consent it states; nothing is mailed. Raises FeederError for no such file at all.

    It may be repeated: who is there stays as is.
    """
    added, known, suppressed, refused = 0, 0, list[tuple[int, str]](), list[tuple[int, str]]()
    lines = list(_lines(text))
    for start in range(0, len(lines), _BATCH):
        with store.write() as connection:
            for line, cells in lines[start : start + _BATCH]:
                try:
                    new = _add(connection, keys, _consent(cells, terms), new_name(), terms.now)
                except Suppressed as error:
                    suppressed.append((line, str(error)))
                except (AddressError, LocaleError, ValueError) as error:
                    refused.append((line, str(error)))
                else:
                    added, known = added + new, known + (not new)
    return Imported(added=added, known=known, suppressed=tuple(suppressed), refused=tuple(refused))


def _lines(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line numbers and cells by column; spreadsheets of some countries write semicolons."""
    body = text.removeprefix("\ufeff")
    first = body.partition("\n")[0]
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS[:3] if name not in names]:
            raise FeederError(f"line 1: no column {missing[0]!r}; the first line must be {','.join(COLUMNS)}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        raise FeederError(f"line {reader.line_num}: no CSV: {error}") from None


def _consent(cells: Mapping[str, str], terms: Terms) -> Consent:
    """Raises AddressError, LocaleError, ValueError: in one line what is wrong and what to do."""
    email = addresses.parse(cells.get("email", ""), terms.refused_domains)
    locale = locales.parse(cells.get("language", ""))
    if locale not in terms.locales:
        raise ValueError(f"the site has no {locale}; write one of {', '.join(terms.locales)}")
    evidence = _evidence(cells.get("evidence", ""))
    paused = evidence.pop("state", "") == "paused"
    at = _moment(cells.get("confirmed_at", ""), terms)
    return Consent(email=email, locale=locale, at=at, evidence=evidence, paused=paused)


def _moment(text: str, terms: Terms) -> datetime:
    stated = text.strip()
    if not stated:
        raise ValueError("confirmed_at is empty; who has not confirmed must subscribe on the site's page")
    try:
        found = (
            datetime.fromisoformat(stated) if len(stated) > 10 else datetime.combine(date.fromisoformat(stated), time())
        )
    except ValueError:
        raise ValueError(f"confirmed_at is {stated[:40]!r}; write it as 2026-11-16T08:00:00+05:00") from None
    found = found if found.tzinfo else found.replace(tzinfo=terms.zone)
    if found > terms.now:
        raise ValueError(f"confirmed_at is {stated!r}, which is still to come; correct it")
    return found


def _evidence(text: str) -> dict[str, Any]:
    """What is stated of the consent: as an export writes it, or any words."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and isinstance(found.get("how"), str):
        return found
    return {"how": "import", **({"said": text.strip()[:500]} if text.strip() else {})}

"""One Jinja environment per locale: autoescape, StrictUndefined, gettext with {braces}.

In a template `_("Week {n}", n=3)`, `ngettext("{n} story", "{n} stories", count)` and `pgettext(context, message)` give
text of the locale; values are escaped, messages are not markup. A site's own folder comes before feeder's.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import CodeType
from zoneinfo import ZoneInfo

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateSyntaxError,
    pass_context,
    pass_eval_context,
    select_autoescape,
)
from jinja2.bccache import Bucket
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from feeder import resources
from feeder.errors import TemplateError
from feeder.language import dates, locales, places
from feeder.model import Edtf, Locale, Week
from feeder.resources import folder


class _Compiled(BytecodeCache):
    """The compiled templates of this process: compiling takes a third of a second, and the locales share them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


@functools.cache
def environment(locale: Locale, zone: ZoneInfo, overrides: Path | None = None) -> Environment:
    """The environment for pages and mail in one locale; `overrides` is a site's own templates folder."""
    folders = [path for path in (overrides, folder("templates")) if path]
    made = Environment(
        loader=FileSystemLoader(folders, encoding="utf-8"),
        autoescape=select_autoescape(enabled_extensions=("html.j2", "html"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_COMPILED,
    )
    made.globals.update(_texts(locale), locale=locale, autonym=locales.autonym)
    made.filters.update(_filters(locale, zone))
    return made


def refresh(changed: Iterable[Path]) -> None:
    """Use templates and catalogs as they are now. Raises TemplateError when a catalog is broken; then all stays as it was."""
    for path in changed:
        if path.suffix == ".po" and path.exists():
            locales.load(path.parents[1].name, path.stem)
            if path.stem == "places":
                places.gazetteer.cache_clear()
    environment.cache_clear()  # it holds the catalogs; templates it looks after itself
    resources.refresh()


@contextmanager
def told() -> Iterator[None]:
    """Whatever goes wrong in a template is one line with its file and line. Raises TemplateError."""
    try:
        yield
    except TemplateSyntaxError as error:
        raise TemplateError(
            f"{error.filename or error.name}:{error.lineno}: {error.message}; correct the template"
        ) from None
    except Exception as error:
        where = _line_of(error)
        if where is None:
            raise
        raise TemplateError(f"{where}: {error}; correct the template or the translation") from error


def _line_of(error: Exception) -> str | None:
    """The last line of a template on the way to an error: Jinja puts them into the traceback."""
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__))
    lines = [f"{name}:{line}" for name, line in frames if name.endswith(".j2")]
    return lines[-1] if lines else None


def _fill(message: str, values: dict[str, object], *, escaped: bool) -> str:
    if not escaped:
        return locales.fill(message, values)
    return locales.fill(_escaped(message), values) if values else _whole(message)


@functools.lru_cache(256)
def _escaped(message: str) -> Markup:
    return Markup(escape(message))  # noqa: S704  the message is escaped here, format() escapes the values


@functools.lru_cache(256)  # most messages of a page have no values, and every page has them
def _whole(message: str) -> Markup:
    return locales.fill(_escaped(message), {})


def _texts(locale: Locale) -> dict[str, Callable[..., str]]:
    """The functions a template says its words with; in plain text (no autoescape) nothing becomes `&#39;`."""
    words = locales.catalog(locale)

    @pass_eval_context
    def plain(how: EvalContext, message: str, /, **values: object) -> str:
        return _fill(words.gettext(message), values, escaped=how.autoescape)

    @pass_eval_context
    def plural(how: EvalContext, one: str, many: str, n: int, /, **values: object) -> str:
        return _fill(words.ngettext(one, many, n), {"n": n, **values}, escaped=how.autoescape)

    @pass_eval_context
    def context(how: EvalContext, meaning: str, message: str, /, **values: object) -> str:
        return _fill(words.pgettext(meaning, message), values, escaped=how.autoescape)

    return {"_": plain, "gettext": plain, "ngettext": plural, "pgettext": context}


def _filters(locale: Locale, zone: ZoneInfo) -> dict[str, Callable[..., str | None]]:
    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone)

    def list_of(items: list[str]) -> str:
        return locales.join(locale, items)

    def week(value: Week) -> str:
        return dates.week_range(value, locale)

    def days(both: tuple[date, date]) -> str:
        return dates.date_range(*both, locale)

    def event_date(value: Edtf) -> str:
        return dates.words(value, locale)

    made: dict[str, Callable[..., str | None]] = {
        "long_day": lambda day: dates.long(day, locale),
        "month": lambda day: dates.month(day, locale),
        "long_date": lambda moment: dates.long(local(moment).date(), locale),
        "byline_date": lambda moment: dates.byline(local(moment).date(), locale),
        "date_time": lambda moment: dates.date_time(local(moment), locale),
        "iso": lambda moment: local(moment).isoformat(timespec="seconds"),
        "list": list_of,
        "date_range": days,
        "week_range": week,
        "edtf": event_date,
        "edtf_iso": dates.iso,
        "edtf_short": lambda value: dates.words(value, locale, note=False),
    }
    return {name: _asked_late(function) for name, function in made.items()}


def _asked_late(function: Callable[..., str | None]) -> Callable[..., str | None]:
    """A filter with the locale in it. Jinja would compute `{{ "2026"|edtf }}` while it compiles, for all locales alike."""

    @pass_context
    def asked(_context: Context, value: object) -> str | None:
        return function(value)

    return asked

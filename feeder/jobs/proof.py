"""An article that was read well may still fail when it is shown. It is found here and left out; the rest is published.

Nothing is looked at twice while all goes well. When a file or an issue cannot be made, each entry that was opened for it
is shown alone; those that fail by themselves are withheld until they, the program, the templates or the configuration
change. What fails for most entries is no article's fault but a template's or feeder's: it is told, and what was published
stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from feeder.articles import limits
from feeder.errors import TemplateError
from feeder.jobs.edition import Edition
from feeder.language import templates
from feeder.model import EntryHead, SourceError

Show = Callable[[Edition], None]  #: makes all there is of an edition, and keeps nothing

_OTHERS = 20  #: entries shown for comparison: where most of all fail, none of them is to blame
_log = logging.getLogger("feeder")


class Unshown(Exception):  # noqa: N818  no error of the build: it goes on without them
    """Articles that fail when they are shown, each with its reason."""

    def __init__(self, articles: Sequence[SourceError]) -> None:
        super().__init__(f"{len(articles)} articles cannot be shown")
        self.articles = articles


@contextmanager
def guarded(edition: Edition, show: Show) -> Iterator[None]:
    """Make something of an edition. Raises Unshown when single articles are to blame; else what was raised."""
    edition.asked.clear()
    try:
        with templates.told():
            yield
    except Exception as error:
        found = _to_blame(edition, show, error)
        if not found:
            raise
        raise Unshown(found) from error


def _to_blame(edition: Edition, show: Show, error: Exception) -> list[SourceError]:
    """The articles whose entries fail alone, while most others do not."""
    if _is_a_template_s(error):
        return []
    failed = {head: why for head in dict.fromkeys(edition.asked) if (why := _trouble(edition, head, show))}
    others = islice((head for head in edition.heads.values() if head not in failed), _OTHERS)
    well = [_trouble(edition, head, show) is None for head in others]
    if len(failed) + well.count(False) > max(1, (len(failed) + len(well)) // 2):
        return []
    found = {}
    for head, why in failed.items():
        version = edition.stories[head.story].versions[head.language]
        found[version.source, version.key] = _told(version.source, version.key, why)
    return list(found.values())


def _is_a_template_s(error: Exception) -> bool:
    """Whether a template is wrong, and not what it was given."""
    cause = error.__cause__ if isinstance(error, TemplateError) else None
    return isinstance(error, TemplateError) and (cause is None or type(cause).__module__.startswith("jinja2"))


def _trouble(edition: Edition, head: EntryHead, show: Show) -> Exception | None:
    """What happens when an edition of this entry alone is made."""
    heads = {(head.story, head.locale): head}
    alone = replace(edition, heads=heads, retracted={}, taken_back={}, known={}, redirects=(), issues=(), asked=[])
    try:
        with templates.told():
            show(alone)
    except Exception as error:
        return error
    return None


def _told(source: str, key: str, why: Exception) -> SourceError:
    _log.error("%s/%s cannot be shown", source, key, exc_info=why)
    what = f"feeder failed when it was to be shown ({type(why).__name__}: {why}); please report it with the article"
    return SourceError(source=source, key=key, line=0, field="", reason=limits.told(what))

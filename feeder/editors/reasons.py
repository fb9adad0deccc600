"""The reasons that feeder gives in English, in the language of an editor.

`N_` marks them for the catalogs: a message is the English reason itself with its values in braces, so that what is said
and what is recognised cannot drift apart (`tests/test_editors_reasons.py`). A reason that is not here stays English.
"""

from __future__ import annotations

import functools
import re

from feeder.language import locales
from feeder.model import Locale


def gettext(message: str) -> str:
    """Marks a message for the catalogs."""
    return message


#: The order counts: what says more comes first.
PHRASES = (
    # why a story is not in an issue (feeder/digest/select.py)
    gettext("was in an earlier issue"),
    gettext("was published after the end of week {week}"),
    gettext("was published before {day}, earlier than the window of {weeks} weeks"),
    gettext("waits for the next issue: this one has its {n} stories"),
    # why a story is not in an issue that was made (feeder/jobs/choosing.py)
    gettext("is told in the issue of week {week}, and a story is told once"),
    gettext("was not here yet when the issue was made, {when}"),
    gettext("the issue had its {n} stories without it"),
    gettext("was not published, or had another date, when the issue was made"),
    gettext("the story is retracted"),
    # why a story is not in a feed (feeder/jobs/explain.py)
    gettext("the file is not in a source of this site"),
    gettext("names that begin with a dot or an underscore are left alone"),
    gettext("it is a draft; remove draft: true to publish it"),
    gettext("the store does not have this article; feeder build reads it"),
    gettext("it is the same story as {story} from source {source}; shown is {key}"),
    gettext("{key} is the same story in the same language; remove one of the two"),
    gettext("the story has no language that the configuration shows to these readers"),
    gettext("the feed has room for {n}; those in it were published or corrected later"),
    gettext("the next build puts it there"),
    gettext("no digest has told this story yet"),
    # what is wrong with the program's work (feeder/cli/health.py)
    gettext("is later than the schedule allows"),
    gettext("failed the last time"),
    gettext("waits for a person to decide"),
    gettext("was never done"),
    gettext("cannot be reached"),
    # what stands around a story on its page (feeder/articles)
    gettext("repeats the title"),
    gettext("repeats the caption"),
    gettext("repeats the line above"),
    gettext("above the title"),
    gettext("below the end of the story"),
    gettext("navigation of the site"),
    gettext("where the page is on the site"),
    gettext("name of the channel"),
    gettext("the site speaks to its readers"),
    gettext("another name above the story"),
    gettext("short line above the story"),
    gettext("another date of the page"),
    gettext("label of the line below"),
    gettext("credit line"),
    gettext("what the author does"),
    gettext("author box"),
    gettext("heading of an author box"),
    gettext("promo box"),
    gettext("heading of a promo box"),
    gettext("a box within the story"),
    gettext("list of other news within the story"),
    gettext("heading of related links"),
    gettext("heading of other news"),
    gettext("comment of a reader"),
    gettext("whom the press may ask"),
    gettext("address of a link"),
    gettext("heading of the addresses of links"),
    gettext("a link whose address was lost in copying"),
    gettext("caption of another picture"),
    gettext("caption of a picture within the story"),
    gettext("caption of a picture that is not shown"),
    gettext("a picture on another server, which would learn who reads"),
    gettext("a picture of one pixel, which only counts readers"),
)


def said(reason: str, locale: Locale) -> tuple[str, bool]:
    """A reason in the language of the locale, and whether it is: what nobody has translated stays English."""
    if locale == "en":
        return reason, True
    for message, pattern in _patterns():
        if match := pattern.fullmatch(reason):
            return locales.text(locale, message, **match.groupdict()), True
    return reason, False


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, _pattern(message)) for message in PHRASES)


def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)
    texts = [re.escape(part) if number % 2 == 0 else f"(?P<{part}>.+)" for number, part in enumerate(parts)]
    return re.compile("".join(texts), re.DOTALL)

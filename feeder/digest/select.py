"""Which stories the issue of a week has, in which order, and why the others are not in it.

Decided once for all languages, so that an issue has the same stories in each:

1. Never told before: not in the issue of an earlier week. (A story in this week's own issue stays, so that compiling
   a week again gives the same issue.)
2. Published before the week was over and not before the window: the `window` weeks, local time, that end with it.
   The window is there for latecomers, it decides nothing twice: what an issue left out, the next may take.
3. The lead is the story an editor pinned, else the one written in the most languages, else the newest.
   The others follow, newest first.
4. An issue has room for `room` stories; the oldest wait for the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feeder.model import StoryKey, Week

WINDOW = 2  #: weeks
ROOM = 30  #: stories; the message stays under the 102 kB at which Gmail cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the choice needs to know of a story."""

    story: StoryKey
    published: datetime  #: aware; of its first version
    languages: int = 1  #: in how many it was written
    pinned: bool = False  #: an editor wants it as the lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was decided for one week."""

    week: Week
    chosen: tuple[StoryKey, ...]  #: in the order of the issue, the lead first
    left_out: Mapping[StoryKey, str]  #: each with its reason, one English phrase; in the order of the keys

    @property
    def why_empty(self) -> str:
        """Why no story was chosen: the reasons of those that there are, the most frequent first."""
        reasons = Counter(self.left_out.values())
        counted = (f"{n} {'story' if n == 1 else 'stories'}: {reason}" for reason, n in reasons.most_common())
        return "; ".join(counted) or "there are no stories yet"

    @property
    def lead(self) -> StoryKey | None:
        return self.chosen[0] if self.chosen else None


def choose(
    candidates: Iterable[Candidate],
    told: Collection[StoryKey],
    week: Week,
    zone: ZoneInfo,
    window: int = WINDOW,
    room: int = ROOM,
) -> Selection:
    """Choose for `week`; `told` are the stories in the issues of earlier weeks, `window` is in weeks."""
    ordered = sorted(candidates, key=_newest_first)
    reasons = {one.story: why_not(one, told, week, zone, window) for one in ordered}
    issue = list(_lead_first([one for one in ordered if not reasons[one.story]]))
    reasons |= dict.fromkeys(issue[room:], f"waits for the next issue: this one has its {room} stories")
    return Selection(
        week=week,
        chosen=tuple(issue[:room]),
        left_out={story: reason for story, reason in sorted(reasons.items()) if reason},
    )


def _newest_first(one: Candidate) -> tuple[float, StoryKey]:
    return -one.published.timestamp(), one.story


def why_not(one: Candidate, told: Collection[StoryKey], week: Week, zone: ZoneInfo, window: int) -> str:
    """Why a story is not in the issue; "" when it may be."""
    first = _first(week, window)
    if one.story in told:
        return "was in an earlier issue"
    if one.published >= week.span(zone)[1]:
        return f"was published after the end of week {week}"
    if one.published < first.span(zone)[0]:
        return f"was published before {first.monday}, earlier than the window of {window} weeks"
    return ""


def _first(week: Week, window: int) -> Week:
    """The first week of a window of at least one week."""
    for _ in range(window - 1):
        week = week.previous()
    return week


def _lead_first(fitting: list[Candidate]) -> Iterator[StoryKey]:
    if fitting:
        # max() keeps the first of equals, and the newest comes first
        lead = max(fitting, key=lambda one: (one.pinned, one.languages))
        yield lead.story
        yield from (one.story for one in fitting if one is not lead)

"""What a front page tells at a glance: the week's places on a map, the stories of each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from feeder.model import Entry, NamedPlace, PlaceId, Week
from feeder.pages import atlas
from feeder.pages.atlas import Drawing, Spot

MONTHS = 12  #: at most so many on the chart
PLACES = 20  #: at most so many on the map, those with most stories

_WEEKS = 4  #: from how many weeks places are taken, until there are enough for a map
_ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMap:
    """The places of the newest week; of a few weeks, where one has hardly any."""

    drawing: Drawing
    first: date
    last: date


def week_map(
    entries: Iterable[Entry], places: Sequence[NamedPlace], areas: Collection[PlaceId], zone: ZoneInfo
) -> WeekMap | None:
    """The map for a list of stories, newest first. `places`: under the names to show; `areas`: those that are no point."""
    counts, weeks = Counter[PlaceId](), list[Week]()
    for entry in entries:
        week = week_of(entry, zone)
        if week not in weeks and (len(counts) >= _ENOUGH or len(weeks) == _WEEKS):
            break
        here = {place.id for place in entry.places}
        weeks += [week] if here and week not in weeks else []
        counts.update(here)
    spots = [Spot(place=one, stories=counts[one.id], area=one.id in areas) for one in places if one.id in counts]
    drawing = atlas.drawing(sorted(spots, key=lambda spot: -spot.stories)[:PLACES])
    return WeekMap(drawing=drawing, first=weeks[-1].monday, last=weeks[0].sunday) if drawing else None


def week_of(entry: Entry, zone: ZoneInfo) -> Week:
    """The week in which a story was published, on the clock of the site."""
    return Week.of(entry.published.astimezone(zone).date())


def months(days: Iterable[date]) -> list[tuple[date, int]]:
    """First day and number of stories of the last months, newest first, the empty ones between them too.

    The newest one is that of the newest day: the clock has no part in it.
    """
    counts = Counter(day.replace(day=1) for day in days)
    if not counts:
        return []
    first = min(counts)
    return [(month, counts[month]) for month in islice(_back(max(counts)), MONTHS) if month >= first]


def _back(month: date) -> Iterable[date]:
    while True:
        yield month
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)

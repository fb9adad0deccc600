"""The map: real places of the gazetteer over the outlines, as drawn."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.language.places import gazetteer
from feeder.model import Locale, NamedPlace
from feeder.pages import atlas, shapes
from feeder.pages.atlas import Drawing, Mark, Spot

STEPPE = [
    "kz-almaty",
    "kz-astana",
    "kz-zharkent",
    "kz-shymkent",
    "kz-taraz",
    "kz-semey",
    "kz-konaev",
    "cn-ghulja",
    "cn-urumqi",
    "kg-bishkek",
]
REGIONS = frozenset({"kz", "cn-xinjiang", "kz-almaty-region"})


def spot(key: str, stories: int = 1, locale: Locale = "kk") -> Spot:
    return Spot(place=gazetteer().named(key, locale), stories=stories, area=key in REGIONS)


def drawn(*keys: str, locale: Locale = "kk") -> Drawing:
    made = atlas.drawing([spot(key, 1 + number % 4, locale) for number, key in enumerate(keys)])
    assert made is not None
    return made


def box(mark: Mark) -> shapes.Box:
    assert mark.label is not None
    wide = atlas.width_of(mark.name)
    left = mark.label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[mark.label.anchor]
    return left, mark.label.y - 9, left + wide, mark.label.y + 2


@pytest.mark.parametrize("locale", ["en", "kk", "ru"])
def test_names_touch_neither_each_other_nor_a_dot_nor_the_frame(locale: Locale) -> None:
    made = drawn(*STEPPE, *sorted(REGIONS), locale=locale)
    named = [mark for mark in made.marks if mark.label]
    assert len(named) >= 9
    assert all(shapes.apart(box(a), box(b)) for a, b in combinations(named, 2))
    dots = [(mark, (mark.x - 2, mark.y - 2, mark.x + 2, mark.y + 2)) for mark in made.marks if mark.radius]
    assert all(shapes.apart(box(name), dot) for name in named for owner, dot in dots if owner is not name)
    assert all(
        box(mark)[0] >= 0 and box(mark)[2] <= made.width and 0 <= box(mark)[1] <= box(mark)[3] <= made.height
        for mark in named
    )


def test_every_place_is_on_the_map_or_said_to_be_beyond_it() -> None:
    made = drawn("kz-almaty", "cn-ghulja", "us-new-york", "us")
    assert {mark.name for mark in made.marks} == {"Алматы", "Құлжа"}
    assert [one.place.id for one in made.beyond] == ["us-new-york", "us"]


def test_places_lie_to_each_other_as_on_the_ground() -> None:
    """Astana is north-west of Almaty, Ürümqi east of both; a hundred kilometres are as long everywhere, but for 3%."""
    at = {mark.spot.place.id: mark for mark in drawn("kz-almaty", "kz-astana", "cn-urumqi").marks}
    almaty, astana, urumqi = at["kz-almaty"], at["kz-astana"], at["cn-urumqi"]
    assert astana.x < almaty.x < urumqi.x
    assert astana.y < almaty.y
    north = ((astana.x - almaty.x) ** 2 + (astana.y - almaty.y) ** 2) ** 0.5 / 974  # kilometres by the great circle
    east = ((urumqi.x - almaty.x) ** 2 + (urumqi.y - almaty.y) ** 2) ** 0.5 / 858
    assert north == pytest.approx(east, rel=0.03)


def test_the_dot_grows_with_the_stories_and_a_region_has_none() -> None:
    made = atlas.drawing([spot("kz-almaty", 9), spot("kz-astana"), spot("kz", 20)])
    assert made is not None
    radius = {mark.spot.place.id: mark.radius for mark in made.marks}
    assert radius["kz-almaty"] > radius["kz-astana"] > radius["kz"] == 0


def test_a_map_fits_its_places() -> None:
    """The further they lie apart, the more of the world is shown; one town is not shown alone on an empty sheet."""
    near, far = drawn("kz-almaty", "kz-konaev"), drawn("kz-almaty", "kz-aktau")
    gap = {id(made): abs(made.marks[0].x - made.marks[1].x) for made in (near, far)}
    assert gap[id(near)] < 20
    assert 100 < gap[id(far)] < 280
    assert drawn("kz-almaty").borders


def test_without_places_there_is_no_map() -> None:
    lost = NamedPlace(id="x", name="Nowhere", country="", latitude=None, longitude=None)
    assert atlas.drawing([]) is None
    assert atlas.drawing([Spot(place=lost)]) is None
    assert atlas.around(Spot(place=lost)) is None
    assert atlas.drawing([spot("us-new-york")]) is None  # the outlines end before America


def test_the_note_that_tells_namesakes_apart_stays_off_the_map() -> None:
    named = NamedPlace(id="x", name="Нұр-Сұлтан (қазіргі Астана)", country="KZ", latitude=51.0, longitude=71.0)
    made = atlas.drawing([Spot(place=named)])
    assert made is not None
    assert made.marks[0].name == "Нұр-Сұлтан"


def test_neighbours_share_their_outlines() -> None:
    """So that a page for each of a thousand places costs little, in time and in bytes."""
    here, there = atlas.around(spot("kz-almaty")), atlas.around(spot("kz-konaev"))
    assert here is not None
    assert there is not None
    assert here.borders == there.borders
    assert len(here.land + here.borders) < 5000


@given(st.floats(-12, 150), st.floats(5, 74))
def test_any_place_on_the_outlines_has_a_map_of_numbers(longitude: float, latitude: float) -> None:
    there = Spot(place=NamedPlace(id="x", name="Х", country="", latitude=latitude, longitude=longitude))
    for made in (atlas.drawing([there]), atlas.around(there)):
        assert made is not None
        assert re.fullmatch(r"[Mlz0-9 .-]*", made.land + made.borders)
        assert len(made.marks) == 1
        coordinates = [float(number) for number in re.findall(r"M(-?[\d.]+)", made.land)]
        assert all(-5 <= number <= 2 * made.width + 5 for number in coordinates)

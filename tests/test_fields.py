"""Every key of the contract, under every name, with the values that people really write."""

from __future__ import annotations

import contextlib
import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.articles import fields, markdown
from feeder.articles.fields import Fields
from feeder.errors import ArticleError, DateError

ALMATY = ZoneInfo("Asia/Almaty")
GUIDE = Path(__file__).parents[1] / "docs" / "articles.md"


def read(**raw: Any) -> Fields:
    return fields.read(raw, ALMATY)


@pytest.mark.parametrize(
    ("key", "value", "name", "expected"),
    [
        ("title", " A  bridge ", "title", "A bridge"),
        ("lang", "kz", "lang", "kk"),
        ("language", "ru-RU", "lang", "ru"),
        ("story", "bridge", "story", "bridge"),
        ("translationKey", "bridge", "story", "bridge"),
        ("id", "bridge", "story", "bridge"),
        ("event_date", "XXXX-02-03", "event_date", "XXXX-02-03"),
        ("event-date", "2019-02~", "event_date", "2019-02~"),
        ("authors", ["A", "B", "A"], "authors", ("A", "B")),
        ("author", "A, B", "authors", ("A", "B")),
        ("author", {"name": "A"}, "authors", ("A",)),
        ("authors", [{"name": "A", "email": "a@example.org"}, "B"], "authors", ("A", "B")),
        ("authors", "Surname, Name; Other, One", "authors", ("Surname, Name", "Other, One")),
        ("places", ["kz-almaty", "Шыңжаң"], "places", ("kz-almaty", "Шыңжаң")),
        ("tags", "picket, court", "tags", ("picket", "court")),
        ("keywords", ["picket"], "tags", ("picket",)),
        ("deck", "Short.", "deck", "Short."),
        ("description", "Short.", "deck", "Short."),
        ("summary", "Short.", "deck", "Short."),
        ("source", {"name": "Example Times", "url": "https://example.org/a"}, "publisher", "Example Times"),
        ("source", {"name": "Example Times", "url": "https://example.org/a"}, "url", "https://example.org/a"),
        ("source", "Example Times", "publisher", "Example Times"),
        ("source", "https://example.org/a", "url", "https://example.org/a"),
        ("url", "HTTPS://example.org/a", "url", "HTTPS://example.org/a"),
        ("caption", "A poster", "caption", "A poster"),
        ("notice", "One\n\n Two ", "notice", "One\nTwo"),
        ("notice", ["One", "Two"], "notice", "One\nTwo"),
        ("slug", "the-bridge", "slug", "the-bridge"),
        ("draft", "yes", "draft", True),
        ("pinned", True, "pinned", True),
        ("pinned", "no", "pinned", False),
        ("excerpt", "Short.", "deck", "Short."),
        ("categories", ["Courts", "Roads"], "tags", ("Courts", "Roads")),
        ("categories", "courts roads", "tags", ("courts", "roads")),  # Jekyll
        ("categories", "Human rights, Courts", "tags", ("Human rights", "Courts")),
        ("category", "Human rights", "tags", ("Human rights",)),  # Pelican, Nikola
        ("link", "https://example.org/a", "url", "https://example.org/a"),  # Nikola
        ("published", "false", "draft", True),  # Jekyll
        ("published", True, "draft", False),
        ("status", "draft", "draft", True),
        ("Status", "hidden", "draft", True),
        ("status", "published", "draft", False),
        ("draft", False, "draft", False),
        ("Title", "Capitals", "title", "Capitals"),
    ],
)
def test_every_key_is_read_under_each_of_its_names(key: str, value: Any, name: str, expected: Any) -> None:
    made = read(**{key: value})
    assert getattr(made, name) == expected
    assert made.problems == ()


@pytest.mark.parametrize("key", ["published", "date", "publishDate"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-14", "2026-11-14T00:00:00+05:00"),
        ("2026-11-14T09:30:00Z", "2026-11-14T09:30:00+00:00"),
        ("2026-11-14T09:30:00.123+06:00", "2026-11-14T09:30:00+06:00"),
        ("2026-11-14 09:30:00 +0600", "2026-11-14T09:30:00+06:00"),  # Jekyll
        ("2026-11-14 09:30:00 UTC+06:00", "2026-11-14T09:30:00+06:00"),  # Nikola
        ("2026-11-14 09:30:00 UTC", "2026-11-14T09:30:00+00:00"),
        ("2026-11-14 9:30", "2026-11-14T09:30:00+05:00"),  # Pelican
        ("2026-11-14 09:30:00 Asia/Almaty", "2026-11-14T09:30:00+05:00"),
        ("2021-07-15 09:30 Europe/Prague", "2021-07-15T09:30:00+02:00"),
        ("2021-03-15", "2021-03-15T00:00:00+06:00"),  # before the zone changed
        (date(2026, 11, 14), "2026-11-14T00:00:00+05:00"),
        (datetime(2026, 11, 14, 9, 30), "2026-11-14T09:30:00+05:00"),  # noqa: DTZ001  TOML has local times
        (datetime(2026, 11, 14, 9, 30, tzinfo=ZoneInfo("UTC")), "2026-11-14T09:30:00+00:00"),
    ],
)
def test_dates_are_read_as_the_generators_write_them(key: str, value: Any, expected: str) -> None:
    published = read(**{key: value}).published
    assert published is not None
    assert published.isoformat() == expected


@pytest.mark.parametrize("key", ["updated", "lastmod", "last_modified_at", "modified"])
def test_a_change_is_known_under_each_of_its_names(key: str) -> None:
    assert read(**{key: "2026-11-14"}).updated == datetime(2026, 11, 14, tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("key", "value", "field", "says"),
    [
        ("published", "14.11.2026", "published", "write 2026-11-14"),
        ("date", "2026-02-30", "published", "exists"),
        ("date", "2026-11-14T25:00:00Z", "published", "exists"),
        ("date", "2026-11-14T10:00:00+99:00", "published", "exists"),
        ("date", "12:30", "published", "not a date"),
        ("date", "2026-11-14 09:30 Asia/Nowhere", "published", "+05:00"),
        ("date", "2026-11-14 09:30 ../etc", "published", "not a date"),
        ("date", "0001-01-01", "published", "year"),
        ("date", "9999-12-31T23:59:59-05:00", "published", "year"),
        ("event_date", "3 February", "event_date", "not a date"),
        ("lang", "no", "lang", "unknown language 'no'"),
        ("lang", "kk-Latn", "lang", "another alphabet"),
        ("title", ["a"], "title", "list"),
        ("title", {"en": "a"}, "title", "mapping"),
        ("authors", [["a"]], "authors", "list"),
        ("notice", [["a"]], "notice", "list"),
        ("url", "www.example.org", "url", "https://"),
        ("url", "javascript:alert(1)", "url", "https://"),
        ("url", "https://[", "url", "https://"),
        ("url", "https://example.org/a b", "url", "https://"),
        ("source", {"url": "nowhere"}, "source", "https://"),
        ("image", {"alt": "no file"}, "image", "names no file"),
        ("draft", "perhaps", "draft", "true or false"),
        ("pinned", "first", "pinned", "true or false"),
    ],
)
def test_a_wrong_value_names_its_field_and_line(key: str, value: Any, field: str, says: str) -> None:
    with pytest.raises(ArticleError) as caught:
        fields.read({key: value}, ALMATY, {field: 7})
    assert (caught.value.field, caught.value.line) == (field, 7)
    assert says in caught.value.reason
    assert "\n" not in caught.value.reason


def test_an_unknown_key_is_told_and_does_no_harm() -> None:
    made = read(title="A", tilte="B", sidebar=["x"], layout="post", weight="3")
    assert made.title == "A"
    assert made.problems == (
        "the key 'tilte' is not used by feeder; is 'title' meant?",
        "the key 'sidebar' is not used by feeder; check its spelling",
    )


@pytest.mark.parametrize("nothing", ["", "  ", "null", "~", None, [], {}])
def test_an_empty_value_is_none(nothing: Any) -> None:
    assert read(published=nothing, image=nothing, lang=nothing, authors=nothing, source=nothing) == Fields()


def test_our_name_wins_over_an_alias_wherever_it_stands() -> None:
    assert fields.read({"date": "2020-01-01", "published": "2026-11-14"}, ALMATY).published == datetime(
        2026, 11, 14, tzinfo=ALMATY
    )
    assert read(deck="", description="From the alias").deck == "From the alias"
    assert read(id="second", translationKey="first").story == "first"


def test_the_editor_s_url_wins_over_the_source_s() -> None:
    source = {"name": "T", "url": "https://example.org/source"}
    for raw in (
        {"url": "https://example.org/own", "source": source},
        {"source": source, "url": "https://example.org/own"},
    ):
        assert fields.read(raw, ALMATY).url == "https://example.org/own"


def test_a_path_in_url_is_a_generator_s_and_only_told() -> None:
    made = read(url="/2026/bridge/")
    assert made.url == ""
    assert "'/2026/bridge/' is a path" in made.problems[0]


def test_an_image_is_a_text_with_its_neighbours_or_a_mapping() -> None:
    flat = read(image="a.jpg", image_alt="A bridge", caption="The bridge in May").image
    nested = read(image={"path": "a.jpg", "alt": "A bridge", "caption": "The bridge in May"}).image
    assert flat == nested
    assert flat is not None
    assert (flat.origin, flat.alt, flat.caption) == ("a.jpg", "A bridge", "The bridge in May")


@pytest.mark.parametrize(
    "raw",
    [
        {"cover": {"image": "a.jpg", "alt": "A bridge", "caption": "In May", "relative": "true"}},
        {"images": ["a.jpg", "b.jpg"], "image_alt": "A bridge", "caption": "In May"},
        {"featured_image": "{static}a.jpg", "image_alt": "A bridge", "caption": "In May"},
        {"thumbnail": {"src": "a.jpg", "alt": "A bridge", "caption": "In May"}},
    ],
)
def test_an_image_is_known_under_the_names_of_themes(raw: dict[str, Any]) -> None:
    made = fields.read(raw, ALMATY)
    assert made.image is not None
    assert (made.image.origin, made.image.alt, made.image.caption) == ("a.jpg", "A bridge", "In May")
    assert made.problems == ()


def test_a_theme_s_template_that_was_not_filled_in_is_no_picture() -> None:
    assert read(cover={"image": "", "alt": "<alt text>"}) == Fields()


@pytest.mark.parametrize(
    "raw",
    [
        {"published": "false", "draft": "false"},
        {"draft": "false", "published": "false"},
        {"published": "true", "draft": "true"},
        {"draft": "true", "status": "published"},
        {"status": "draft", "draft": "false"},
    ],
)
def test_one_word_that_keeps_an_article_back_is_enough(raw: dict[str, str]) -> None:
    assert fields.read(raw, ALMATY).draft


def test_categories_follow_the_tags() -> None:
    assert read(categories=["b", "a"], tags=["a", "c"]).tags == ("a", "c", "b")


def test_an_image_s_name_holds_no_control_characters() -> None:
    image = read(image="a\0b\u202e.jpg").image
    assert image is not None
    assert image.origin == "ab.jpg"


def test_values_that_grow_without_end_are_refused_at_once() -> None:
    """Aliases of YAML can make a list of a billion names out of ten lines."""
    bomb: Any = "x"
    for _ in range(40):
        bomb = [bomb] * 10
    with pytest.raises(ArticleError):
        read(authors=bomb)


def test_a_notice_is_in_the_article_s_language() -> None:
    (notice,) = read(notice="Сақ болыңыз").notices("kk")
    assert (notice.text, notice.language) == ("Сақ болыңыз", "kk")
    assert read().notices("kk") == ()


@pytest.mark.parametrize(
    ("mark", "text"), [(":", "title: A\n  date: no\nDate: 2026\n"), ("=", "title = 'A'\n\ndate = 2026\n")]
)
def test_each_key_s_line_is_known(mark: str, text: str) -> None:
    assert fields.key_lines(text, mark, 2) == {"title": 2, "published": 4}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.datetimes() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(fields.KNOWN | set(fields.ALIASES))) | st.text(max_size=5), values, max_size=6
    )
)
def test_any_values_give_fields_or_one_clear_error(raw: dict[str, Any]) -> None:
    made, wrong = Fields(), None
    try:
        made = fields.read(raw, ALMATY)
    except ArticleError as error:
        wrong = error
    assert wrong is None or (wrong.field in fields.KNOWN and "\n" not in wrong.reason)
    assert all("\n" not in problem for problem in made.problems)
    assert made.published is None or made.published.astimezone(ZoneInfo("UTC")).year > 1900


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_moment_in_rfc_3339_comes_back(naive: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    text = f"{naive.replace(microsecond=0).isoformat()}{sign}{hours:02d}:{rest:02d}"
    found = fields.moment(text, ALMATY)
    assert found.utcoffset() == timedelta(minutes=minutes)
    assert found.isoformat() == text


@given(st.text())
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    with contextlib.suppress(DateError):
        assert fields.moment(text, ALMATY).tzinfo is not None


# --- the guide ---


def documented() -> dict[str, tuple[set[str], str]]:
    """The rows of the guide's table: key -> (its other names, its example)."""
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\| .+ \| `(\w+: .+)` \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return {key: (set(re.findall(r"`(\w+)`", names)), example) for key, names, example in rows}


def test_the_guide_names_every_key_with_its_other_names() -> None:
    assert set(documented()) == fields.KNOWN
    for key, (names, _) in documented().items():
        assert {fields.named(name) for name in names} <= {key}
        assert {name.casefold() for name in names} == {alias for alias, own in fields.ALIASES.items() if own == key}


@pytest.mark.parametrize("key", sorted(fields.KNOWN))
def test_each_example_of_the_guide_states_its_key(key: str) -> None:
    _, example = documented()[key]
    made = markdown.read(
        f"---\n{example}\nimage: a.jpg\n---\nText" if key == "image_alt" else f"---\n{example}\n---\nText", ALMATY
    )
    assert made.fields != Fields()
    assert made.fields.problems == ()


def test_the_guide_s_long_examples_are_understood() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    (article,) = re.findall(r"```markdown\n(.*?)```", text, re.DOTALL)
    (side,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert markdown.read(article, ALMATY).fields.problems == ()
    assert fields.read(tomllib.loads(side), ALMATY).problems == ()

"""Front matter and body, as Hugo, Jekyll and Nikola users write them, with the line of every mistake."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.articles import markdown
from feeder.articles.markdown import Page
from feeder.errors import ArticleError

ALMATY = ZoneInfo("Asia/Almaty")


def read(text: str) -> Page:
    return markdown.read(text, ALMATY)


def failure(text: str) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        read(text)
    return caught.value


def test_front_matter_and_body_are_parted() -> None:
    page = read("---\ntitle: Мост закрыт\ntags: [мост, ремонт]\n---\n\nПервый абзац.\n\nВторой.\n")
    assert page.fields.title == "Мост закрыт"
    assert page.fields.tags == ("мост", "ремонт")
    assert page.body.strip() == "Первый абзац.\n\nВторой."


def test_values_stay_as_they_were_written() -> None:
    """YAML 1.1 makes False of no, 750 of 12:30 and 8 of 010; an editor means what stands there."""
    page = read("---\ntitle: no\nstory: 12:30\nslug: 010\ncaption: 1.0\nnotice: |\n  One.\n\n  Two.\n---\nx")
    made = page.fields
    assert (made.title, made.story, made.slug, made.caption, made.notice) == ("no", "12:30", "010", "1.0", "One.\nTwo.")


def test_hugo_s_toml_front_matter_is_read() -> None:
    page = read('+++\ntitle = "A bridge"\ndate = 2026-11-14T09:00:00+05:00\ntags = ["x"]\ndraft = true\n+++\nText')
    assert page.fields.title == "A bridge"
    assert page.fields.published is not None
    assert page.fields.published.isoformat() == "2026-11-14T09:00:00+05:00"
    assert page.fields.draft
    assert page.body.strip() == "Text"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("---\ntitle: A\n\nText without an end\n", 1, "not closed"),
        ("\n\n+++\ntitle = 'A'\n---\n", 3, "a line of +++"),
        ("---\ntitle: A\ndeck: he said: no\n---\nText", 3, "in quotes"),
        ("---\ntitle: 'A\n---\nText", 3, "not valid YAML"),
        ("---\n- title\n- A\n---\nText", 2, "key: value"),
        ("---\njust words\n---\nText", 2, "key: value"),
        ("---\na: *nowhere\n---\nText", 2, "undefined alias"),
        ("---\n? [a]\n: b\n---\nText", 2, "not valid YAML"),
        ("+++\ntitle = 'A'\ndate = tomorrow\n+++\nText", 3, "not valid TOML"),
        ("---\nx: " + "y" * 70_000 + "\n---\nText", 1, "64 kB"),
    ],
)
def test_broken_front_matter_names_the_line(text: str, line: int, says: str) -> None:
    error = failure(text)
    assert (error.field, error.line) == ("front matter", line)
    assert says in error.reason
    assert "\n" not in error.reason


def test_a_wrong_value_names_its_line_in_the_file() -> None:
    assert (
        failure("---\ntitle: A\ndate: tomorrow\n---\nx").line,
        failure("+++\ntitle='A'\n\ndate='x'\n+++\nx").line,
    ) == (3, 4)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_values_nested_without_end_are_refused(opening: str) -> None:
    """libyaml would overflow the stack, and one file would end the whole program."""
    deep = "x: " + opening * 12_000 if opening != "- " else opening * 12_000 + "x"
    error = failure(f"---\n{deep}\n---\nText")
    assert "nested too deep" in error.reason or "not valid YAML" in error.reason


def test_toml_nested_without_end_is_refused() -> None:
    assert failure("+++\nx = " + "[" * 20_000 + "\n+++\nText").field == "front matter"


@pytest.mark.parametrize(
    "text",
    [
        "# A bridge\n\nText",
        "A bridge\n========\n\nText",
        "\n\n#  A *bridge*  ##\nText",
        "<!-- a note -->\n\n# A bridge\n\nText",
        "---\nlang: en\n---\n# A bridge\nText",
    ],
)
def test_the_first_heading_is_the_title_and_leaves_the_body(text: str) -> None:
    page = read(text)
    assert page.title == "A bridge"
    assert page.body.strip() == "Text"


@pytest.mark.parametrize("title", ["A bridge", "A BRIDGE"])
def test_a_heading_that_repeats_the_title_leaves_the_body(title: str) -> None:
    assert read(f"---\ntitle: {title}\n---\n# A bridge\n\nText").body.strip() == "Text"


def test_a_heading_that_says_something_else_stays() -> None:
    assert read("---\ntitle: Bridge closed\n---\n# What happened\n\nText").body.strip() == "# What happened\n\nText"
    assert markdown.read("# What happened\n\nText", ALMATY, title="Bridge closed").body == "# What happened\n\nText"


@pytest.mark.parametrize(
    "text", ["Text\n\n# Later", "## Second level\n\nText", "#hashtag\n\nText", "    # code\n\nText"]
)
def test_nothing_else_is_taken_for_a_title(text: str) -> None:
    page = read(text)
    assert (page.title, page.body) == ("", text)


def test_a_fence_is_a_line_of_its_own() -> None:
    page = read("---\ntitle: The end ---\ndeck: a -- b\n---\nText\n\n---\n\nMore")
    assert page.fields.title == "The end ---"
    assert page.body.strip() == "Text\n\n---\n\nMore"


def test_blank_lines_above_do_not_publish_the_front_matter() -> None:
    page = read("\n\n---\ntitle: A\ndraft: true\ndate: 2026-11-14\n---\nText")
    assert page.fields.draft
    assert page.body.strip() == "Text"


def test_yaml_s_own_end_mark_closes_too() -> None:
    assert read("---\ntitle: A\n...\nText").body.strip() == "Text"


@pytest.mark.parametrize("text", ["---\n---\nText", "---\n# only a comment\n---\nText"])
def test_empty_front_matter_states_nothing(text: str) -> None:
    page = read(text)
    assert page.fields.problems == ()
    assert page.body.strip() == "Text"


def test_nothing_in_front_matter_is_run() -> None:
    error = failure("---\ntitle: !!python/object/apply:os.system ['true']\n---\nText")
    assert error.field == "title"


@given(st.text(alphabet=st.sampled_from("-+.:#[]{}'\"|>&*!\n ab=1\t"), max_size=80))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\nText", f"+++\n{text}\n+++\nText"):
        try:
            read(whole)
            wrong = None
        except ArticleError as error:
            wrong = error
        assert wrong is None or (wrong.field and "\n" not in wrong.reason)

"""Commands of other generators inside a text: a figure is a picture, the others are told and never printed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeder import markup
from feeder.articles import shortcodes


def images(text: str) -> tuple[tuple[str, str, str], ...]:
    made, problems = shortcodes.carried_out(text)
    assert problems == ()
    return markup.markdown_images(made)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{{< figure src="a.jpg" alt="A bridge" caption="In May." >}}', ("a.jpg", "A bridge", "In May.")),
        ('{{<figure src="a b.jpg"\n  alt=`A "bridge"`/>}}', ("a%20b.jpg", 'A "bridge"', "")),
        ('{{% figure src=a.jpg title="The way" caption="around *it*" %}}', ("a.jpg", "", "The way. around it.")),
        ('{{< figure src="a.jpg" caption="In May" attr="Dana Sample" >}}', ("a.jpg", "", "In May. Dana Sample.")),
        ("![A map]({{ site.baseurl }}/assets/a.jpg)", ("/assets/a.jpg", "A map", "")),
        ("![A map]({{ '/assets/a.jpg' | relative_url }}){: .wide width=\"50%\"}", ("/assets/a.jpg", "A map", "")),
    ],
)
def test_a_figure_is_a_picture_with_its_words(text: str, expected: tuple[str, str, str]) -> None:
    assert images(f"Text.\n\n{text}\n\nMore.") == (expected,)


@pytest.mark.parametrize(
    ("text", "left", "named"),
    [
        ("a {{< youtube w7Ft2 >}} b", "a  b", "{{< youtube >}}"),
        ('[b]({{< ref "other.md" >}})', "[b]()", "{{< ref >}}"),
        ("{{% notice warning %}}Stay.{{% /notice %}}", "Stay.", "{{% notice %}}"),
        ("a {% include x.html src='{{ site.url }}/a' %} b", "a  b", "{% include %}"),
        ("{%- if x -%}a{%- endif -%}", "a", "{% if %}"),
        ("a {{ page.title }} b", "a  b", "{{ page.title }}"),
        ("{{< figure >}}", "", "{{< figure >}}"),
    ],
)
def test_other_commands_go_and_are_told_once(text: str, left: str, named: str) -> None:
    made, (problem,) = shortcodes.carried_out(f"{text}\n\n{text}")
    assert made == f"{left}\n\n{left}"
    assert problem.startswith(f"{named} in the text was left out")


@pytest.mark.parametrize(
    "text",
    ["a{{/* a note */}}b", "a{% comment %} a {{ note }} {% endcomment %}b", "a{{</* youtube x */>}}b", "a{: .wide}b"],
)
def test_notes_and_looks_go_without_a_word(text: str) -> None:
    assert shortcodes.carried_out(text) == ("ab", ())


def test_a_note_behind_one_that_does_not_end_is_not_published() -> None:
    assert "secret" not in shortcodes.carried_out("a {{/* b {% comment %} secret {% endcomment %} c")[0]


def test_a_heading_s_name_is_not_read_aloud() -> None:
    assert shortcodes.carried_out("## Why {#why}\n\nText") == ("## Why \n\nText", ())


@pytest.mark.parametrize("text", ["", "Plain text.", "{one} {two}", "a { b } %", "5 {%", "{{"])
def test_a_text_without_commands_stays_as_it_is(text: str) -> None:
    assert shortcodes.carried_out(text) == (text, ())


words = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters='"{}`'), max_size=40)


@given(words)
def test_what_a_figure_shows_is_told_in_the_same_words(alt: str) -> None:
    clean = markup.line(alt)
    assume(not clean.endswith("\\"))  # before the closing mark it means that the words go on
    ((_, found, _),) = markup.markdown_images(
        shortcodes.carried_out(f'{{{{< figure src="a.jpg" alt="{clean}" >}}}}')[0]
    )
    assert found == clean


@given(st.text(alphabet=st.sampled_from('{}<>% /figuresrc="a.jp#:*'), max_size=60))
def test_no_command_is_ever_printed(text: str) -> None:
    made, _ = shortcodes.carried_out(f"{text}{{{{< x >}}}}{{% y %}}{{{{ z }}}}")
    assert not any(command in made for command in ("{{< x", "{% y", "{{ z"))

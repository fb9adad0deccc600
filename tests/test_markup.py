"""Text, Markdown and HTML in; safe HTML, plain text, summaries and slugs out."""

from __future__ import annotations

import re
import unicodedata

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeder import markup

ALLOWED_SCHEMES = ("http:", "https:", "mailto:")
HTML_BITS = st.sampled_from(
    [
        *("<", ">", "</", "/>", '"', "'", "=", " ", "\n", "&", ";", "\u0338", "\0", "\u202e", "текст", "сөз"),
        *("&#x3a;", "&lt;", "&#x202e;", "&#xfffe;", "&#13;", "&nbsp;", "<!--", "-->", "<![CDATA["),
        *(
            "<p>",
            "<b>",
            "<a href=",
            '<a href="',
            "<p lang='ru'>",
            "<h1>",
            "<h2>",
            "<table><td>",
            "<ul><li>",
            "<blockquote>",
        ),
        *("<script>", "</script>", "<svg>", "<math>", "<style>", "<template>", "<noscript>", "<iframe src="),
        *("<img src=x onerror=alert(1)>", " onclick=x", " style=x", " id=x", " lang=kk"),
        *("javascript:alert(1)", "java\tscript:", "data:text/html,x", "//evil.example", "vbscript:x"),
    ]
)
tag_soup = st.lists(HTML_BITS, max_size=14).map("".join)


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """What a browser makes of it: every element with its attributes."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [
        (el.tag, dict(el.attrib)) for el in tree.iter() if isinstance(el.tag, str) and el.tag != "DOCUMENT_FRAGMENT"
    ]


def letters(text: str) -> str:
    return unicodedata.normalize("NFC", "".join(text.split()))


def assert_safe(html: str) -> None:
    for tag, attributes in elements(html):
        assert tag not in (
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "img",
            "form",
            "input",
            "svg",
            "math",
            "link",
            "h1",
        )
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("style", "id", "class", "src", "srcset", "action")
            assert name != "href" or value.lower().startswith(ALLOWED_SCHEMES)


# --- text ---


def test_line_ends_are_one_kind_and_text_is_composed() -> None:
    assert markup.clean("a\r\nb\rc\u2028d\u0085e") == "a\nb\nc\nd\ne"
    assert markup.clean("и\u0306") == "й"


@pytest.mark.parametrize(
    "bad", ["\0", "\x08", "\x1b", "\x7f", "\x9f", "\u202e", "\u2066", "\ufeff", "\ufffe", "\ud800", "\U0001ffff"]
)
def test_what_xml_forbids_or_turns_the_text_around_is_removed(bad: str) -> None:
    assert markup.clean(f"a{bad}b") == "ab"


def test_a_line_is_one_line() -> None:
    assert markup.line(" a\u00a0\n\t b\u2029c ") == "a b c"


@given(st.text())
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = markup.clean(text)
    assert markup.clean(once) == once
    assert markup.line(markup.line(text)) == markup.line(text)
    once.encode()  # no lone surrogates


# --- HTML ---


@given(tag_soup)
@example("<p>\u0338 onclick=alert(1) x")
@example('<a href="java\nscript:alert(1)">x</a>')
@example("<svg><p><style><img src=x onerror=alert(1)></style>")
def test_nothing_that_runs_or_calls_home_passes(soup: str) -> None:
    for base in ("", "https://example.org/a/"):
        safe = markup.sanitise(soup, base)
        assert_safe(safe)
        assert markup.clean(safe) == safe  # whoever normalises it later changes nothing
        assert elements(markup.sanitise(safe, base)) == elements(safe)


@given(tag_soup)
def test_markdown_is_safe_whatever_it_holds(soup: str) -> None:
    assert_safe(markup.sanitise(markup.from_markdown(markup.clean(soup))))


@given(st.text() | tag_soup)
def test_text_is_shown_as_it_is(text: str) -> None:
    html = markup.from_text(text)
    assert {tag for tag, _ in elements(html)} <= {"p"}
    assert markup.line(" ".join(markup.paragraphs(html))) == markup.line(text)


def test_a_letter_that_would_eat_a_tag_s_end_is_kept_apart() -> None:
    """ ">" and U+0338 are one letter in NFC: the tag would be open and the text its attributes."""
    safe = markup.sanitise("<p>\u0338 onclick=alert(1) x</p>")
    assert unicodedata.normalize("NFC", safe) == safe
    assert elements(safe) == [("p", {})]


def test_links_are_made_whole_or_lose_their_address() -> None:
    assert 'href="https://example.org/b?x=1"' in markup.sanitise('<a href="../b?x=1">x</a>', "https://example.org/a/c")
    assert "href" not in markup.sanitise('<a href="../b">x</a>')
    assert "href" not in markup.sanitise('<a href="//[x">x</a>', "https://example.org/")
    assert 'rel="nofollow noopener"' in markup.sanitise('<a href="https://example.net/">x</a>')


def test_the_language_of_a_part_is_kept() -> None:
    assert markup.sanitise('<p lang="kk" id="a" class="b">x</p>') == '<p lang="kk">x</p>'


def test_trackers_scripts_and_frames_go_with_their_content() -> None:
    page = (
        '<p>a<img src="https://t.example/p.gif"><script>x()</script><style>p{}</style><iframe src="//x">y</iframe></p>'
    )
    assert markup.sanitise(page) == "<p>a</p>"


def test_paragraphs_lose_no_text() -> None:
    html = "loose <b>t</b><p>a<br>b</p><ul><li>x<ul><li>y</li></ul>z</li></ul>tail<blockquote>q<p>w</p>e</blockquote>"
    assert markup.paragraphs(html) == ("loose t", "a b", "x", "y", "z", "tail", "q", "w", "e")
    assert markup.plain("<p>a</p><p>b</p>") == "a\n\nb"
    assert markup.paragraphs(" ") == ()


@given(tag_soup)
def test_every_letter_of_safe_html_is_in_its_paragraphs(soup: str) -> None:
    safe = markup.sanitise(soup)
    tree = html5lib.parseFragment(safe, namespaceHTMLElements=False)
    assert letters("".join(markup.paragraphs(safe))) == letters("".join(tree.itertext()))


def test_the_lead_is_the_first_paragraph_and_no_heading() -> None:
    assert markup.lead("<h2>Before</h2><p>It began.</p>") == "It began."
    assert markup.lead("<h2>Only this</h2>") == ""


# --- Markdown ---


def test_raw_html_is_shown_as_text() -> None:
    html = markup.sanitise(markup.from_markdown("a <b>bold</b> <script>x</script>"))
    assert html.strip() == "<p>a &lt;b&gt;bold&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>"


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n<!-- secret -->\n\nb",
        "a\n\n<!-- secret\n\nsecret -->\n\nb",
        "a <!-- secret -->\n\nb",
        "a\n<!--secret-->\n\nb",
    ],
)
def test_an_editor_s_comment_is_not_published(text: str) -> None:
    assert markup.paragraphs(markup.sanitise(markup.from_markdown(text))) == ("a", "b")


def test_a_comment_in_code_is_code() -> None:
    assert markup.paragraphs(markup.from_markdown("`<!-- x -->`")) == ("<!-- x -->",)
    assert markup.paragraphs(markup.from_markdown("    <!-- x -->")) == ("<!-- x -->",)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("# A\n\n## B\n\n### C", ["h2", "h3", "h4"]),
        ("### A\n\n### B", ["h2", "h2"]),
        ("## A\n\n#### B\n\n##### C\n\n###### D", ["h2", "h3", "h4", "h4"]),
    ],
)
def test_headings_begin_at_the_second_level_without_gaps(text: str, tags: list[str]) -> None:
    assert [tag for tag, _ in elements(markup.from_markdown(text))] == tags


def test_a_mark_stands_below_the_block_of_each_image_and_their_words_are_named() -> None:
    text = '![A *bridge*](bridge.png "In May")\n\n## Text ![x](<a b.png>) more\n\n- [![](c.png)](large.png)'
    assert markup.sanitise(markup.from_markdown(text)) == (
        '<figure data-picture="1"></figure>\n<h2>Text  more</h2>\n<figure data-picture="2"></figure>\n'
        '<ul>\n<li><figure data-picture="3"></figure>\n</li>\n</ul>\n'
    )
    assert markup.markdown_images(text) == (
        ("bridge.png", "A bridge", "In May"),
        ("a%20b.png", "x", ""),
        ("c.png", "", ""),
    )


def test_an_image_in_a_table_stays_in_its_cell() -> None:
    html = markup.sanitise(markup.from_markdown("| a |\n|---|\n| ![x](a.png) |\n\nText"))
    assert re.search(r'<td><figure data-picture="1"></figure>\s*</td>', html)


@pytest.mark.parametrize("address", ["{filename}other.md", "|filename|other.md", "{tag}x", ""])
def test_a_link_that_only_its_generator_can_follow_is_words(address: str) -> None:
    assert markup.sanitise(markup.from_markdown(f"See [*the* other]({address})."), "https://example.org/") == (
        "<p>See <em>the</em> other.</p>\n"
    )


@given(
    st.lists(
        st.sampled_from(["![a](b.png)", "word ", "\n", "\n\n", "> ", "- ", "# ", "| a |\n|---|\n", "[", "](c)"]),
        max_size=25,
    )
)
def test_each_image_has_its_own_mark_in_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    marks = re.findall(r'<figure data-picture="(\d+)"></figure>', markup.sanitise(markup.from_markdown(text)))
    assert marks == [str(number) for number, _ in enumerate(markup.markdown_images(text), start=1)]


def test_tables_and_strikethrough_are_understood() -> None:
    tags = [tag for tag, _ in elements(markup.sanitise(markup.from_markdown("| a | b |\n|---|---|\n| 1 | ~~2~~ |")))]
    assert tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td", "s"]


# --- summaries ---


@given(st.text(max_size=900), st.text(max_size=900))
def test_a_summary_fits(first: str, second: str) -> None:
    found = markup.summary(first, second)
    assert len(found) <= markup.SUMMARY_LENGTH
    assert found == markup.line(found)
    assert bool(found) == bool(markup.line(first + " " + second))


def test_a_short_text_is_its_own_summary() -> None:
    assert markup.summary("", "  ", "Short  text") == "Short text"


def test_a_summary_ends_where_a_sentence_does() -> None:
    text = "The council met on Tuesday. " * 20
    assert markup.summary(text) == ("The council met on Tuesday. " * 10).strip()


@pytest.mark.parametrize(
    "shortened",
    [
        "the U.S. State Department",
        "в г. Алматы",
        "2019 ж. Алматыда",
        "3 тыс. человек",
        "Абай обл. аумағы",
        "and Gen. Smith",
    ],
)
def test_a_shortened_word_ends_no_sentence(shortened: str) -> None:
    text = "One sentence stands here so that there is a place to cut, and it is long enough to be taken. " + (
        "And then the second one goes on and on without an end " * 2 + shortened + " and" + " further" * 30
    )
    assert markup.summary(text).endswith(("taken.", "…"))
    assert not markup.summary(text).removesuffix("…").endswith(".") or markup.summary(text).endswith("taken.")


def test_a_sentence_of_exactly_the_length_is_kept_whole() -> None:
    text = "x" * 278 + "y. And more."
    assert markup.summary(text) == "x" * 278 + "y."


def test_a_long_sentence_is_cut_between_words() -> None:
    found = markup.summary("сөз " * 100)
    assert found.endswith("сөз…")
    assert len(found) > 200


# --- slugs ---

LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщыіэюя"


@pytest.mark.parametrize("letter", LETTERS + LETTERS.upper())
def test_no_letter_of_ours_is_lost(letter: str) -> None:
    assert markup.slug(letter)
    assert markup.slug(f"а{letter}а") != "aa"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қазақстан: Ұйғыр әйелдер", "qazaqstan-uyghyr-ayelder"),
        ("Объезд и съёмка", "obezd-i-syomka"),
        ("Almaty—Astana, 2019–2020", "almaty-astana-2019-2020"),
        ("Kazakhstan’s day", "kazakhstans-day"),
        ("Žomart Ünïcode", "zomart-unicode"),
        ("и\u0306од", "yod"),
        ("北京", ""),
        ("-- --", ""),
    ],
)
def test_slugs_read_like_the_words(text: str, expected: str) -> None:
    assert markup.slug(text) == expected


@given(st.text())
def test_a_slug_is_plain_ascii_and_its_own_slug(text: str) -> None:
    slug = markup.slug(text)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug) <= markup.SLUG_LENGTH
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert markup.slug(slug) == slug


def test_a_long_slug_is_cut_between_words() -> None:
    assert markup.slug("bridge " * 20) == "-".join(["bridge"] * 11)


def test_what_is_taken_out_is_counted_by_kind() -> None:
    assert markup.removed("plain \N{RIGHT-TO-LEFT MARK} \N{ZERO WIDTH JOINER}\r\n", "\ufeff") == ()
    assert markup.removed("a\u202eb", "\u2066c\x00") == (
        "2 invisible characters that change the reading order were removed",
        "1 control character was removed",
    )


def test_every_character_that_must_go_is_unprintable() -> None:
    """A printable text is passed on unsearched: none of the letters that are removed may be printable."""
    letters = map(chr, range(0x110000))
    gone = [letter for letter in letters if markup._UNSAFE.match(letter) or markup._LINE_ENDS.match(letter)]
    assert gone
    assert not any(letter.isprintable() for letter in gone)

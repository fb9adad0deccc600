"""What an issue looks like: the promises of feeder.digest.render.

The golden files are read by people before they are kept; write them anew with GOLDEN=write.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import examples
import html5lib
import pytest
from jinja2 import Environment, Template

from feeder.digest import render
from feeder.digest.amendments import Told, correction, retraction
from feeder.digest.render import Material
from feeder.language.templates import environment
from feeder.model import PREFERENCES, UNSUBSCRIBE, Entry, Issue, Locale, Notice, Week

DATA = Path(__file__).parent / "data" / "digest"
SITE = examples.site()
WEEK = Week(2026, 46)
LOCALES = examples.LOCALES


def words(locale: Locale) -> Environment:
    return environment(locale, SITE.zone)


def material(locale: Locale = "en", *entries: Entry, **changes: Any) -> Material:
    values: dict[str, Any] = {"entries": entries or examples.entries(locale), "environment": words(locale), **changes}
    return Material(**{"site": SITE, "locale": locale, "week": WEEK, **values})


def issue(locale: Locale = "en", *entries: Entry, **changes: Any) -> Issue:
    return render.render(material(locale, *entries, **changes))


def told() -> tuple[Told, ...]:
    """A retraction of an earlier issue's story and two corrections, the second in another language."""
    given: dict[str, Any] = {
        "url": "https://news.example.org/en/stories/old/",
        "title_language": "en",
        "language": "en",
    }
    return (
        Told(amendment=retraction("old"), title="Retracted: An old story", text="The date was wrong.", **given),
        Told(
            amendment=correction("picket", "Eight"),
            title="A picket",
            text="Eight people, not nine.",
            made=date(2026, 11, 12),
            **given,
        ),
        Told(
            amendment=correction("court", "Court"),
            title="A hearing",
            text="The court is in Oskemen.",
            **{**given, "language": "ru"},
        ),
    )


def amended(locale: Locale = "en") -> Issue:
    """The issue with these amendments, between their marks."""
    return issue(locale, told=told())


def page(locale: Locale = "en", told: Sequence[Told] = ()) -> str:
    return issue(locale, told=told, languages=LOCALES).page


def elements(html: str, name: str) -> list[Any]:
    return list(html5lib.parse(html, namespaceHTMLElements=False).iter(name))


def links(html: str) -> Iterator[str]:
    return (element.get("href") for element in elements(html, "a"))


def shown(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("form", ["html", "txt", "page.html"])
def test_an_issue_is_what_somebody_has_read_and_kept(locale: Locale, form: str) -> None:
    made = {"html": issue(locale).html, "txt": issue(locale).text, "page.html": page(locale)}[form]
    golden = DATA / f"{locale}.{form}"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(made, encoding="utf-8", newline="")
    assert made == golden.read_bytes().decode("utf-8")


def test_the_same_stories_give_the_same_bytes_in_another_process() -> None:
    """Hash seeds, clocks and locales of a process leave no trace."""
    program = "import sys; from test_digest_render import issue, page; sys.stdout.write(issue('kk').html + page('ru'))"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONUTF8": "1"},
            cwd=Path(__file__).parent,
            capture_output=True,
            check=True,
        ).stdout.decode("utf-8")
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert outputs == [issue("kk").html + page("ru")] * 2


def test_an_issue_says_what_it_is() -> None:
    made = issue("kk")
    assert made.id == "2026-W46-kk"
    assert made.week == WEEK
    assert made.stories == tuple(entry.story for entry in examples.entries("kk"))
    assert made.url == "https://news.example.org/kk/digest/2026-W46/"


def test_an_issue_is_dated_when_its_week_is_over_in_the_newsroom() -> None:
    dated = issue().dated
    assert dated == datetime(2026, 11, 16, tzinfo=ZoneInfo("Asia/Almaty"))
    assert dated.utcoffset() == timedelta(hours=5)


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("en", "Weekly digest: November 9–15, 2026"),
        ("kk", "Апталық шолу: 2026 жылғы 9–15 қараша"),
        ("ru", "Дайджест недели: 9–15 ноября 2026 года"),
    ],
)
def test_the_subject_is_in_the_readers_language(locale: Locale, subject: str) -> None:
    assert issue(locale).subject == subject


@pytest.mark.parametrize(
    ("n", "count"), [(1, "1 материал"), (3, "3 материала"), (5, "5 материалов"), (21, "21 материал")]
)
def test_stories_are_counted_with_the_right_plural(n: int, count: str) -> None:
    made = issue("ru", *[examples.entry("ru")] * n)
    assert re.search(rf"\b{count}\b", made.text)
    assert re.search(rf"\b{count}\b", made.html)


def test_foreign_words_and_only_they_are_marked_as_foreign() -> None:
    """In Kazakh only the hearing is in Russian: its preview, title and summary; its notices; and names of languages."""
    marked = {
        (element.get("lang"), shown(element))
        for element in html5lib.parse(issue("kk").html, namespaceHTMLElements=False).iter()
        if element.get("lang") not in (None, "kk")
    }
    assert marked == {
        ("ru", "Суд в Нур-Султане отложил слушание: ответчик не пришёл"),
        ("ru", "Судья перенёс заседание на две недели."),
        ("ru", "Издатель внесён в перечень."),
        ("ru", "Пересылка этого текста может быть наказуема."),
        ("en", "Think of the recipient before you forward this."),
        ("ru", "Русский"),
        ("en", "English"),
    }


def test_a_fallback_is_labelled_in_the_readers_language() -> None:
    made = issue("kk")
    assert "[Тек орыс тілінде]" in made.text
    (label,) = [element for element in elements(made.html, "p") if shown(element) == "Тек орыс тілінде"]
    assert label.get("lang") is None


def test_nothing_in_a_message_is_loaded_and_no_link_is_a_detour() -> None:
    """No image, no remote style, no script; and every link is the site's own address, without parameters."""
    html = issue("en").html
    names = {
        element.tag
        for element in html5lib.parse(html, namespaceHTMLElements=False).iter()
        if isinstance(element.tag, str)
    }
    assert not names & {"img", "link", "script", "iframe", "video", "audio", "form", "picture"}
    assert "url(" not in html
    assert "@import" not in html
    own = r"https://(news\.example\.org|unsubscribe\.invalid|preferences\.invalid)/[^?#]*"
    assert all(re.fullmatch(own, link) for link in links(html))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_way_out_is_in_both_forms_of_the_message_and_not_on_the_page(locale: Locale) -> None:
    made = issue(locale)
    for own in (UNSUBSCRIBE, PREFERENCES, f"https://news.example.org/{locale}/privacy/"):
        assert made.html.count(f'href="{own}"') == 1
        assert made.text.splitlines().count(own) == 1
        assert own not in page(locale)
    assert made.url in links(made.html)
    assert made.url in made.text.splitlines()


def test_links_of_the_page_are_relative_and_lead_where_those_of_the_message_do() -> None:
    here = render.address(SITE, "en", WEEK)
    found = list(links(page()))
    assert not [link for link in found if link.startswith("http")]
    assert {entry.url for entry in examples.entries("en")} <= {urljoin(here, link) for link in found}
    assert "../../../kk/digest/2026-W46/" in found
    alternates = [element.get("hreflang") for element in elements(page(), "link") if element.get("rel") == "alternate"]
    assert alternates == ["kk", "ru"]


def test_titles_are_text_in_both_forms() -> None:
    nasty = examples.entry("en", title='<b>Bread & "Roses"</b> {x}', dateline="A & B", summary="1 < 2 & 3 {{ 4 }}")
    made = issue("en", nasty)
    assert '<b>Bread & "Roses"</b> {x}' in made.text
    assert "A & B" in made.text
    assert not elements(made.html, "b")
    assert '<b>Bread & "Roses"</b> {x}' in [shown(element) for element in elements(made.html, "h2")]
    assert "1 < 2 & 3 {{ 4 }}" in [shown(element) for element in elements(made.html, "p")]


def test_a_site_with_an_ampersand_in_its_name_is_not_spelt_out() -> None:
    made = issue("en", site=replace(SITE, titles={"en": "Steppe & Sons"}))
    assert "“Weekly digest” at Steppe & Sons." in " ".join(made.text.split())
    assert "&amp;amp;" not in made.html


def test_a_notice_of_ten_stories_is_read_once() -> None:
    notice = Notice(text="Sharing this can be\npunished.", language="en", kind="legal")
    stories = [examples.entry("en", story="picket", notices=(notice,)) for _ in range(10)]
    made = issue("en", *stories, examples.entry("en", story="vigil", notices=(notice, replace(notice, kind="safety"))))
    assert made.text.count("Sharing this can be\n") == 2
    assert made.text.index("Safety notice\n") < made.text.index("Legal notice\n")
    forward = "Before you forward this message, think about the safety of the recipient."
    assert made.text.count(forward) == made.html.count(forward) == 1


def test_without_a_notice_there_is_no_warning() -> None:
    made = issue("en", examples.entry("en", story="vigil"))
    assert "Before you forward" not in made.text + made.html
    assert "notice" not in made.text


def test_an_event_is_dated_unless_it_is_the_day_of_publication() -> None:
    picket, vigil = examples.entry("en", story="picket"), examples.entry("en", story="vigil")
    assert "Date of the event" not in issue("en", picket).text
    assert "Date of the event: February 3 (year not stated)" in issue("en", vigil).text


def test_lines_of_plain_text_end_before_column_78_and_urls_stand_alone() -> None:
    long = examples.entry("en", summary="word " * 56, title="A title with many words that goes on and on " * 3)
    for line in issue("en", long, *examples.entries("en")).text.splitlines():
        assert len(line) < 78 or re.fullmatch(r"https://\S+", line)
        assert line.startswith("https://") or "https://" not in line


def thirty(locale: Locale, title: str, summary: str, warning: str = "Ескерту " * 120) -> Issue:
    """Stories with label, deck, long addresses and links to two sisters, and a long notice."""
    story = examples.entry(
        locale,
        title=title,
        summary=summary,
        deck="Ә" * 200,
        label="Тек қазақ тілінде",
        dateline="Нұр-Сұлтан (қазіргі Астана), Қазақстан",
        url=f"https://news.example.org/{locale}/stories/{'a' * 80}/",
        sisters={code: f"https://news.example.org/{code}/stories/{'a' * 80}/" for code in ("kk", "ru")},
    )
    notice = Notice(text=warning, language="kk", kind="legal")
    return issue(locale, *[replace(story, notices=(notice,))] * 30)


@pytest.mark.parametrize("locale", LOCALES)
def test_thirty_long_stories_stay_under_the_size_at_which_gmail_cuts(locale: Locale) -> None:
    """Titles of 120 and summaries of 280 Cyrillic letters, none of them cut."""
    html = thirty(locale, "Ұзақ тақырып " * 9, "Әділет үшін " * 23).html
    assert len(html.encode()) < 100_000
    assert html.count("Әділет үшін " * 22) == 30


def test_what_would_be_cut_has_shorter_summaries_instead() -> None:
    """Titles of 500 letters, the most there can be, and a notice of pages; the page says what the message says."""
    made = thirty("kk", "Ұзақ тақырып " * 38, "Әділет үшін " * 23, "Ескерту " * 700)
    assert len(made.html.encode()) < 100_000
    assert "Әділет" in made.html
    assert "Әділет үшін " * 22 not in made.html + made.text + made.page


@pytest.mark.parametrize("made", [*(issue(locale).html for locale in LOCALES), page("kk")])
def test_the_encoding_is_told_where_browsers_look_for_it(made: str) -> None:
    """Within the first 1024 bytes (HTML, 4.2.5.4)."""
    assert b'<meta charset="utf-8">' in made.encode()[:1024]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_templates_have_no_fault_a_parser_would_have_to_repair(locale: Locale) -> None:
    for made in (amended(locale).html, page(locale, told())):
        html5lib.HTMLParser(strict=True).parse(made)


def test_dark_and_narrow_screens_have_their_styles_and_the_rest_is_in_the_tags() -> None:
    """A class stays on a tag only where those styles speak of it."""
    html = issue().html
    (style,) = (shown(element) for element in elements(html, "style"))
    assert re.findall(r"@media ?\(([^)]*)\)", style) == ["max-width:620px", "prefers-color-scheme:dark"]
    assert all(
        element.get("style") for name in ("td", "th", "p", "h1", "h2", "h3", "a") for element in elements(html, name)
    )
    every = html5lib.parse(html, namespaceHTMLElements=False).iter()
    classes = {name for element in every for name in element.get("class", "").split()}
    assert all(f".{name}" in style for name in classes)
    assert '<meta name="color-scheme" content="light dark">' in html


def test_only_cells_have_padding_and_every_line_has_its_height() -> None:
    """Outlook for Windows heeds no padding on other blocks, and lines of different languages shall not dance."""
    for element in html5lib.parse(amended("kk").html, namespaceHTMLElements=False).iter():
        style = element.get("style", "") if isinstance(element.tag, str) else ""
        if element.tag in ("p", "div", "table", "body", "a"):
            assert not re.search(r"padding:(?!0)", style), style
        assert ("font-size" in style) == ("line-height" in style), style


def test_the_list_of_messages_shows_titles_and_nothing_after_them() -> None:
    """The room behind them is longer than any program's preview."""
    preview = next(element for element in elements(issue().html, "div") if "display:none" in element.get("style", ""))
    words = "".join(preview.itertext())
    assert words.startswith("“We will come again tomorrow”")
    assert words.endswith("\xa0\u200c" * 60)


def test_the_chart_says_the_same_without_its_bars() -> None:
    """A table of places and numbers; Outlook's own bars are in a comment that no other program reads."""
    made = issue("kk")
    shown_there = re.sub(r"<!--.*?-->", "", made.html)
    rows = [shown(element) for element in elements(shown_there, "tr") if element.find("th") is not None]
    assert rows == ["Қазақстан 3", "Шыңжаң 1"]
    assert "\nҚазақстан: 3\nШыңжаң: 1\n" in made.text
    assert made.html.count('bgcolor="#0b5a68"') == 2
    assert "bgcolor" not in re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", made.html)


def test_a_picture_travels_in_the_message_when_the_site_wants_it() -> None:
    """With its size, as wide as the text at most, and with the words for those who do not see it; never from a server."""
    lead = examples.entry("kk", story="poster")
    made = issue("kk", lead, image=b"the bytes")
    (attached,) = made.attached
    (shown_there,) = elements(made.html, "img")
    assert shown_there.get("src") == f"cid:{attached.cid}"
    assert attached.data == b"the bytes"
    assert attached.type == lead.enclosures[0].type
    assert shown_there.get("alt") == lead.enclosures[0].alt
    assert int(shown_there.get("width")) <= 536
    (on_the_page,) = elements(made.page, "img")
    assert on_the_page.get("src") == f"../../../{lead.enclosures[0].path}"
    wide = replace(lead, enclosures=(replace(lead.enclosures[0], width=1072, height=600),))
    (image,) = elements(issue("kk", wide, image=b"x").html, "img")
    assert (image.get("width"), image.get("height")) == ("536", "300")


def test_without_bytes_or_a_size_there_is_no_picture() -> None:
    lead = examples.entry("kk", story="poster")
    unknown = replace(lead, enclosures=(replace(lead.enclosures[0], width=0),))
    for made in (issue("kk", lead), issue("kk", unknown, image=b"x"), issue("kk", examples.entry("kk"), image=b"x")):
        assert made.attached == ()
        assert not elements(made.html + made.page, "img")


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("#1f2328", "#5a5f66", "#0b5a68") for ground in ("#ffffff", "#f8f6f1")),
        *((text, ground) for text in ("#e9e7e3", "#aeb3b9", "#7fc8d6") for ground in ("#1d2023", "#24282c")),
        ("#634500", "#f6ecd2"),
        ("#f3d793", "#40351a"),
    ],
)
def test_every_colour_of_text_is_legible_on_its_ground(text: str, ground: str) -> None:
    """WCAG AA asks for 4.5; and the pair is really in the style."""
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    html = issue("kk").html.replace(" ", "")
    assert text in html
    assert ground in html


def test_the_documentation_names_every_value_a_template_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    """And every file there is."""
    given: set[str] = set()
    render_template = Template.render

    def watched(template: Template, *values: Any) -> str:
        given.update(*values)
        return render_template(template, *values)

    monkeypatch.setattr(Template, "render", watched)
    amended()
    text = (Path(__file__).parents[1] / "docs" / "templates.md").read_text(encoding="utf-8")
    assert {name for name in given if f"`{name}`" not in text} == {"_", "ngettext"}
    files = {path.name for path in (Path(__file__).parents[1] / "templates" / "digest").iterdir()}
    assert {name for name in files if f"`digest/{name}`" not in text} == set()

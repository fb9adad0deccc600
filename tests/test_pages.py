"""The pages: a whole example site is made, parsed and walked, in three languages."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from examples import LOCALES, enclosure, entries, entry, place, site, topic
from hypothesis import given
from hypothesis import strategies as st

from feeder.jobs.privacy import columns
from feeder.language import templates
from feeder.language.places import gazetteer
from feeder.model import Edtf, Entry, Locale, NamedPlace, Notice, Related, Site, Week
from feeder.pages import links, privacy, render
from feeder.pages.privacy import Practice

PLACES = ("cn-ghulja", "cn-xinjiang", "kz", "kz-almaty", "kz-astana")
TOPICS = ("art", "courts", "dala", "protest")
AREAS = frozenset({"cn-xinjiang", "kz"})
MONTHS = [(date(2026, 11, 1), 4), (date(2026, 10, 1), 0), (date(2026, 9, 1), 12)]
FROM_THE_HOST = {links.COMBINED_PREVIEW, *map(links.feed_preview, LOCALES)}  #: pages that are shown at other addresses
WEEKS = (Week(2026, 46), Week(2026, 45))


# --- tools ---------------------------------------------------------------------------------------


def layout(locale: Locale = "en", newsroom: Site | None = None) -> render.Layout:
    newsroom = newsroom or site()
    return render.Layout(site=newsroom, locale=locale, environment=templates.environment(locale, newsroom.zone))


def named(locale: Locale) -> list[NamedPlace]:
    return [place(key, locale) for key in PLACES]


PRACTICE = Practice(columns=columns(), encrypted=False, days=7, bounces=True, contact="desk@example.org")


def of_locale(locale: Locale) -> Iterator[tuple[str, bytes]]:
    here, stories = layout(locale), entries(locale)
    yield links.home(locale), render.index(here, stories, named(locale), areas=AREAS, months=MONTHS)
    yield links.feed_preview(locale), render.feed_preview(here, stories)
    yield links.privacy(locale), privacy.privacy(here, PRACTICE)
    yield links.feeds(locale), render.feeds_page(here, named(locale), [topic(key, locale) for key in TOPICS])
    yield links.digests(locale), render.digest_archive(here, [(week, f"Digest {week}") for week in WEEKS])
    yield f"{locale}/stories/old-slug/index.html", render.moved(here, stories[0].url)
    for one in stories:
        yield links.story(locale, one.slug), render.story(here, one)
    for where in named(locale):
        about = [one for one in stories if where.id in {other.id for other in one.places}]
        yield links.place(locale, where.id), render.place(here, where, about, ["Alma-Ata"], area=where.id in AREAS)
    for what in (topic(key, locale) for key in TOPICS):
        about = [one for one in stories if what in one.topics]
        yield links.topic(locale, what.key), render.topic(here, what, about, LOCALES)


@cache
def example_site() -> dict[str, bytes]:
    """All pages of the example newsroom by path, but the one that is shown at any address."""
    environments = {locale: layout(locale).environment for locale in LOCALES}
    pages = {path: page for locale in LOCALES for path, page in of_locale(locale)}
    combined = render.combined_preview(site(), environments)
    return {links.CHOOSER: render.chooser(site(), environments), links.COMBINED_PREVIEW: combined, **pages}


PATHS = sorted(example_site())


def parse(page: bytes) -> Element:
    """The page's tree; raises ParseError where the HTML specification sees an error."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
        page, transport_encoding="utf-8"
    )
    return tree


def text(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def one(tree: Element, path: str) -> Element:
    (found,) = tree.findall(path)
    return found


def alternates(tree: Element, *, feeds: bool) -> list[Element]:
    return [link for link in tree.findall(".//link[@rel='alternate']") if ("type" in link.attrib) == feeds]


def story_tree(locale: Locale = "en", changes: dict[str, object] | None = None, **which: str) -> Element:
    return parse(render.story(layout(locale), entry(locale, **which, **(changes or {}))))  # type: ignore[arg-type]


# --- every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_valid_and_says_what_it_is(path: str) -> None:
    """HTML without a parse error: language, title, description, viewport, one h1, a skip link that arrives."""
    tree = parse(example_site()[path])
    assert tree.get("lang") == (path.split("/")[0] if "/" in path else "en")
    assert text(one(tree, ".//title"))
    assert one(tree, ".//meta[@name='viewport']").get("content") == "width=device-width, initial-scale=1"
    assert one(tree, ".//meta[@name='description']").get("content")
    assert text(one(tree, ".//h1"))
    assert one(tree, ".//a[@class='skip']").get("href") == "#" + str(one(tree, ".//main").get("id"))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_nothing_of_anybody_else(path: str) -> None:
    """No frame, no form, no inline style or script; style, images and the copy button come from beside the page."""
    tree = parse(example_site()[path])
    assert not [node.tag for node in tree.iter() if node.tag in {"iframe", "object", "style", "form"}]
    scripts = [node for node in tree.iter("script") if node.get("type") != "application/ld+json"]
    assert all(not text(node) and str(node.get("src")).endswith(links.COPY) for node in scripts)
    loaded = [str(node.get("src")) for node in (*tree.iter("img"), *scripts)]
    loaded += [str(node.get("href")) for node in tree.findall(".//link[@rel='stylesheet']")]
    assert loaded
    assert not [url for url in loaded if urlsplit(url).scheme or url.startswith("//")]
    assert path in FROM_THE_HOST or not [url for url in loaded if url.startswith("/")]
    assert not [node for node in tree.iter() if any(name.startswith("on") for name in node.attrib)]


@pytest.mark.parametrize("path", PATHS)
def test_links_between_pages_are_relative_and_arrive(path: str) -> None:
    """From a folder on a disk every link of a page leads to a file that the site publishes."""
    tree = parse(example_site()[path])
    inside = [str(node.get(name)) for node in tree.iter() for name in ("href", "src") if is_inside(node, name)]
    folder = "/" if path in FROM_THE_HOST else f"/{posixpath.dirname(path)}"
    arrived = {posixpath.normpath(posixpath.join(folder, unquote(href))).lstrip("/") for href in inside}
    assert arrived
    assert arrived <= published()


def is_inside(node: Element, name: str) -> bool:
    declared = node.tag == "link" and (node.get("rel") == "canonical" or "type" not in node.attrib)
    style = node.get("rel") == "stylesheet"
    url = node.get(name, "#")
    return (style or not declared) and not url.startswith(
        ("#", "https://source.example.net", "https://people.example.net")
    )


def published() -> set[str]:
    """What the site publishes besides pages: feeds, lists of feeds, the style, images, issues of the digest."""
    feeds = {links.feed(locale, kind) for locale, kind in product(LOCALES, links.FORMATS)}
    feeds |= {links.place_feed(locale, key) for locale, key in product(LOCALES, PLACES)}
    feeds |= {links.topic_feed(locale, key) for locale, key in product(LOCALES, TOPICS)}
    issues = {links.digest(locale, week) for locale, week in product(LOCALES, WEEKS)}
    lists = {links.opml(locale) for locale in LOCALES}
    return {*PATHS, *feeds, *issues, *lists, links.COMBINED, links.STYLE, links.COPY, enclosure().path}


@pytest.mark.parametrize("path", PATHS)
def test_every_image_has_a_text_in_its_place(path: str) -> None:
    assert all((image.get("alt") or "").strip() for image in parse(example_site()[path]).iter("img"))


@pytest.mark.parametrize("path", [path for path in PATHS if "/" in path])
def test_feeds_are_declared_own_language_and_atom_first(path: str) -> None:
    """Readers take the first feed they find: it must be in the language of the page."""
    own = path.split("/")[0]
    declared = [
        (link.get("hreflang"), link.get("type")) for link in alternates(parse(example_site()[path]), feeds=True)
    ]
    if "/places/" in path or "/topics/" in path:
        assert declared.pop(0) == (own, "application/atom+xml")
    others = [(code, "application/atom+xml") for code in LOCALES if code != own]
    assert declared == [(own, links.TYPES[kind]) for kind in ("atom", "rss", "json")] + others


def test_feed_titles_are_in_the_language_of_the_page() -> None:
    declared = alternates(parse(example_site()["kk/index.html"]), feeds=True)
    assert [link.get("title") for link in declared][::3] == [
        "Қазақ тіліндегі жаңалықтар (Atom)",
        "Ағылшын тіліндегі жаңалықтар (Atom)",
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_language_switch_names_each_language_in_itself(locale: Locale) -> None:
    tree = parse(example_site()[links.feeds(locale)])
    items = tree.findall(".//nav[@class='languages']/ul/li/*")
    assert [(node.get("lang"), text(node)) for node in items] == [
        ("en", "English"),
        ("kk", "Қазақша"),
        ("ru", "Русский"),
    ]
    assert [node.get("hreflang") for node in items if node.tag == "a"] == [code for code in LOCALES if code != locale]


@pytest.mark.parametrize("path", [path for path in PATHS if path not in FROM_THE_HOST])
def test_a_page_declares_its_own_address_and_its_versions(path: str) -> None:
    """hreflang lists this page among its versions; only front page and chooser have a default."""
    tree = parse(example_site()[path])
    canonical = one(tree, ".//link[@rel='canonical']").get("href")
    versions = {link.get("hreflang"): link.get("href") for link in alternates(tree, feeds=False)}
    default = versions.pop("x-default", None)
    assert default == ("https://news.example.org/" if path.count("/") < 2 and path.endswith("index.html") else None)
    if not versions:  # the page left at an old address
        assert "old-slug" in path
    elif path == links.CHOOSER:
        assert (canonical, list(versions)) == ("https://news.example.org/", list(LOCALES))
    else:
        assert canonical in versions.values()


def test_equal_values_give_equal_bytes() -> None:
    templates.environment.cache_clear()
    assert {path: page for locale in LOCALES for path, page in of_locale(locale)}.items() <= example_site().items()


def test_a_page_stays_under_50_kb() -> None:
    """Also the front page of a newsroom with long titles, long summaries and a hundred stories."""
    words = "Туыстардың адвокаттары көктемнен бері жіберілген он бір хаттың біріне де жауап алмағанын айтады. "
    long = [
        entry("kk", id=f"tag:{n}", title=words + "Неге?", summary=(words * 3)[:280], slug=f"{n}-" + "uzaq-" * 12)
        for n in range(100)
    ]
    many = [place for place in gazetteer().all() if place.country in {"KZ", "CN"} and place.kind != "country"][::12]
    far = [gazetteer().named(place.id, "kk") for place in many]
    spread = [replace(one, places=tuple(far[n * 3 % len(far) :][:3])) for n, one in enumerate(long)]
    months = [(date(2026, month, 1), 1000 + month) for month in range(12, 0, -1)]
    front_page = render.index(layout("kk"), spread, far, areas=AREAS, months=months)
    assert front_page.count(b'class="mark"') >= 12
    assert len(front_page) < 50_000
    assert len(render.place(layout("kk"), named("kk")[0], long, [])) < 50_000
    assert max(map(len, example_site().values())) < 20_000


# --- a story -------------------------------------------------------------------------------------


def foreign_parts(tree: Element) -> list[tuple[str, str, str]]:
    """(tag, language, text) of everything in the article that says it is in another language."""
    return [
        (node.tag, node.attrib["lang"], text(node)) for node in one(tree, ".//article").iter() if "lang" in node.attrib
    ]


def test_a_fallback_marks_exactly_the_foreign_text() -> None:
    """Title, deck, image, caption and body are marked, and nothing of the reader's own language is."""
    tree = story_tree("ru", story="poster")
    shown = entry("ru", "poster")
    body = "At noon the poster went up; at one o’clock it was folded and carried home."
    assert foreign_parts(tree) == [
        ("h1", "en", shown.title),
        ("p", "en", shown.deck),
        ("img", "en", ""),
        ("figcaption", "en", shown.enclosures[0].caption),
        ("div", "en", body),
    ]
    assert one(tree, ".//title").attrib == {"lang": "en"}
    assert one(tree, ".//meta[@name='description']").get("lang") == "en"
    assert text(one(tree, ".//p[@class='label']")) == "Только на английском языке"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_story_in_the_readers_language_marks_nothing(locale: Locale) -> None:
    tree = story_tree(locale, story="picket")
    assert foreign_parts(tree) == []
    assert not tree.findall(".//p[@class='label']")
    assert text(one(tree, ".//title")) == f"{entry(locale).title} – {site().titles[locale]}"


def test_a_fallback_sends_search_engines_to_the_text_in_its_own_language() -> None:
    tree = story_tree("kk", story="hearing")
    russian = "https://news.example.org/ru/stories/sud-v-nur-sultane/"
    assert one(tree, ".//link[@rel='canonical']").get("href") == russian
    assert {link.get("hreflang"): link.get("href") for link in alternates(tree, feeds=False)} == {"ru": russian}


def test_a_story_lists_only_the_languages_it_really_has() -> None:
    """ "poster" has no Russian text: its Russian page exists, but nobody is told that it is a translation."""
    tree = story_tree("kk", story="poster")
    assert [link.get("hreflang") for link in alternates(tree, feeds=False)] == ["en", "kk"]
    offered = tree.findall(".//section[@aria-labelledby='languages']//a")
    assert [(link.get("hreflang"), text(link)) for link in offered] == [("en", "Ағылшынша оқу")]
    switch = {link.get("hreflang"): link.get("href") for link in tree.findall(".//nav[@class='languages']//a")}
    assert switch == {"en": "../../../en/stories/a-poster-of-five-words/index.html", "ru": "../../../ru/index.html"}


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("en", "By Sara Sample and Askar Example Published on November 13, 2026 Updated on November 14, 2026"),
        (
            "kk",
            (
                "Авторлары: Сара Үлгібаева және Асқар Мысалов 2026 жылғы 13 қараша күні жарияланды "
                "2026 жылғы 14 қараша күні жаңартылды"
            ),
        ),
        (
            "ru",
            "Авторы: Сара Примерова и Аскар Образцов Опубликовано 13 ноября 2026 года Обновлено 14 ноября 2026 года",
        ),
    ],
)
def test_the_byline_reads_like_a_newspaper(locale: Locale, line: str) -> None:
    assert text(one(story_tree(locale), ".//p[@class='byline']")) == line


def test_one_author_and_an_untouched_story_say_no_more() -> None:
    tree = story_tree("ru", story="hearing")
    assert text(one(tree, ".//p[@class='byline']")) == "Автор: Пётр Вымышленный Опубликовано 11 ноября 2026 года"


def facts(tree: Element) -> dict[str, Element]:
    return {text(one(row, "dt")): one(row, "dd") for row in tree.findall(".//dl[@class='facts']/div")}


def test_a_year_that_is_not_stated_is_not_invented() -> None:
    told = facts(story_tree("kk", story="vigil"))["Оқиға күні"]
    assert text(told) == "3 ақпан (жылы көрсетілмеген)"
    assert one(told, "time").attrib == {"datetime": "02-03"}


def test_an_event_date_without_a_form_in_html_has_words_only() -> None:
    told = facts(story_tree(changes={"event_date": Edtf("2019-02-03/2019-02-05")}))["Date of the event"]
    assert "2019" in text(told)
    assert told.find("time") is None


def test_places_lead_to_their_pages() -> None:
    told = facts(story_tree("ru", story="vigil"))["Места событий"]
    assert [(link.get("href"), text(link)) for link in told] == [
        ("../../../ru/places/cn-ghulja/index.html", "Кульджа"),
        ("../../../ru/places/cn-xinjiang/index.html", "Синьцзян"),
    ]


def test_the_source_is_linked_and_a_source_without_a_page_is_named() -> None:
    told = facts(story_tree("en"))["Source"]
    assert text(told) == "Read at Example Wire"
    assert one(told, "a").get("href") == "https://source.example.net/en/picket?id=7&view=full"
    assert text(facts(story_tree("en", story="hearing"))["Source"]) == "Example Wire"
    unnamed = facts(story_tree("en", {"publisher": ""}))["Source"]
    assert text(unnamed) == "Read at source.example.net"


def test_notices_keep_their_words_and_safety_comes_before_the_text() -> None:
    tree = story_tree("ru", story="hearing")
    order = [(node.get("class") or "").split()[-1] for node in one(tree, ".//div[@class='story-text']")]
    assert order == ["story-head", "safety", "dateline", "body", "legal"]
    legal, safety = one(tree, ".//aside[@class='notice legal']"), one(tree, ".//aside[@class='notice safety']")
    assert [text(node) for node in legal] == [
        "Правовое уведомление",
        "Издатель внесён в перечень.",
        "Пересылка этого текста может быть наказуема.",
    ]
    assert [node.get("lang") for node in safety] == [None, "en"]


def test_a_notice_of_no_special_kind_is_the_sources() -> None:
    tree = story_tree("en", {"notices": (Notice(text="Shortened.", language="en"),)})
    assert text(one(tree, ".//aside")) == "Notice from the source Shortened."


def test_a_related_story_that_lost_its_address_is_still_named() -> None:
    items = story_tree("en", story="vigil").findall(".//section[@aria-labelledby='related']//li")
    assert [text(item) for item in items] == ["A year of candles Nov 9, 2025", "A year of candles (2)"]
    assert [item.find("a") is not None for item in items] == [True, False]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_addresses_become_links(url: str) -> None:
    tree = story_tree(changes={"original": url, "related": (Related(title="Other", url=url),)})
    assert url not in {node.get("href") for node in tree.iter("a")}
    assert text(one(tree, ".//section[@aria-labelledby='related']//li")) == "Other"


def test_an_image_has_its_size_its_caption_and_an_absolute_address_for_previews() -> None:
    tree = story_tree("en", story="poster")
    image = one(tree, ".//figure/img")
    assert image.get("src") == "../../../media/1f2e3d4c5b6a7988-poster.png"
    assert (image.get("width"), image.get("height")) == ("1200", "800")
    preview = one(tree, ".//meta[@property='og:image']").get("content")
    assert preview == "https://news.example.org/media/1f2e3d4c5b6a7988-poster.png"


def test_an_image_without_a_description_says_so_in_the_readers_language() -> None:
    bare = replace(enclosure(), alt="", caption="")
    image = one(story_tree("ru", {"enclosures": (bare,)}, story="poster"), ".//figure/img")
    assert (image.get("alt"), image.get("lang")) == ("Нет описания изображения", None)


def test_the_sites_own_images_in_a_body_are_loaded_from_beside_the_page() -> None:
    html = '<p>src="https://news.example.org/x"</p><p><img alt="A" src="https://news.example.org/media/a.png"></p>'
    body = one(story_tree(changes={"html": html}), ".//div[@class='body']")
    assert one(body, ".//img").get("src") == "../../../media/a.png"
    assert text(body) == 'src="https://news.example.org/x"'


def test_a_story_of_nothing_but_a_title_is_a_page() -> None:
    bare: dict[str, object] = dict.fromkeys(("deck", "summary", "html", "original", "publisher", "dateline"), "")
    bare |= dict.fromkeys(("authors", "places", "topics", "enclosures", "notices", "related"), ())
    tree = story_tree(changes={**bare, "event_date": None, "sisters": {}})
    assert text(one(tree, ".//article")) == (
        f"{entry().title} Published on November 13, 2026 Updated on November 14, 2026"
    )


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_any_title_is_shown_as_it_is(title: str) -> None:
    """Also one that looks like markup: it is text in the head, in attributes, in the heading and in lists."""
    shown = entry(title=title)
    tree = parse(render.story(layout(), shown))
    assert "".join(one(tree, ".//h1").itertext()) == title
    assert one(tree, ".//meta[@property='og:title']").get("content") == title
    assert "".join(one(parse(render.index(layout(), [shown], [])), ".//h3/a").itertext()) == title


# --- other pages ---------------------------------------------------------------------------------


def older(weeks: int) -> list[Entry]:
    """The stories of the example week, some weeks earlier and without images."""
    return [
        replace(one, id=f"{one.id}-{weeks}", published=one.published - timedelta(weeks=weeks), enclosures=())
        for one in entries("ru")
    ]


def test_the_front_page_groups_stories_by_week() -> None:
    stories = [*entries("ru"), *older(1)[:1], *older(2)[:2]]
    weeks = parse(render.index(layout("ru"), stories, [])).findall(".//section[@class='week']")
    assert [text(one(week, "h2")) for week in weeks] == [
        "9–15 ноября 2026 года 4 материала",
        "2–8 ноября 2026 года 1 материал",
        "26 октября – 1 ноября 2026 года 2 материала",
    ]
    titles = [text(heading) for week in weeks for heading in week.iter("h3")]
    assert sorted(titles) == sorted(story.title for story in stories)


def test_a_week_begins_on_monday_in_the_zone_of_the_site() -> None:
    """Sunday 19:30 UTC is Monday in Almaty."""
    late = entry("en", "vigil")
    late = replace(late, published=late.published.replace(day=8, hour=23, minute=59))
    early = replace(late, id="tag:early", published=late.published + timedelta(minutes=1))
    weeks = parse(render.index(layout(), [early, late], [])).findall(".//section[@class='week']/h2")
    assert [text(week) for week in weeks] == ["November 9–15, 2026 1 story", "November 2–8, 2026 1 story"]


def lead(stories: list[Entry]) -> str:
    (leading,) = (
        item
        for item in parse(render.index(layout("ru"), stories, [])).iter("article")
        if "lead" in str(item.get("class"))
    )
    return text(one(leading, ".//h3"))


def test_the_newest_illustrated_story_of_the_week_leads() -> None:
    """An image of another week does not make a lead; without images the newest story leads."""
    assert lead([*entries("ru")]) == entry("ru", "poster").title
    assert lead(older(0)) == entry("ru", "picket").title
    aged = [replace(one, published=one.published - timedelta(weeks=1)) for one in entries("ru")]
    assert lead([*older(0)[3:], *aged]) == entry("ru", "vigil").title


def test_a_fallback_in_a_list_is_labelled_and_marked() -> None:
    """On the Kazakh front page the Russian story says so in Kazakh; only its own words are marked Russian."""
    items = parse(example_site()["kk/index.html"]).findall(".//article")
    (item,) = [item for item in items if item.findall(".//p[@class='label']")]
    marked = [(node.tag, node.get("lang"), text(node)) for node in item.iter() if node.get("lang")]
    shown = entry("kk", "hearing")
    assert text(one(item, ".//p[@class='label']")) == "Тек орыс тілінде"
    assert marked == [("h3", "ru", shown.title), ("p", "ru", shown.summary)]
    assert text(one(item, ".//p[@class='meta']")) == "11 қараша 2026 Нұр-Сұлтан (қазіргі Астана)"


def test_places_of_the_front_page_count_their_stories() -> None:
    listed = parse(example_site()["ru/index.html"]).findall(".//ul[@class='places']/li")
    assert [text(item) for item in listed][2:4] == ["Казахстан 1 материал", "Алматы 2 материала"]


def test_the_map_leads_to_the_places_by_name() -> None:
    """Each link on it says where it leads and how many stories are there; what it does not show is told below."""
    figure = one(parse(example_site()["ru/index.html"]), ".//figure[@class='week-map']")
    assert text(one(figure, "h2")) == "Неделя на карте 9–15 ноября 2026 года"
    marks = {str(link.get("aria-label")): link.get("href") for link in figure.findall(".//{*}svg/{*}a")}
    assert marks["Алматы: 2 материала"] == "../ru/places/kz-almaty/index.html"
    assert "Кульджа: 1 материал" in marks
    assert one(figure, "{*}svg").get("aria-labelledby") == one(figure, "h2").get("id")
    assert text(one(figure, "figcaption")) == "Также: Синьцзян, Казахстан"


def test_a_newsroom_may_do_without_the_map() -> None:
    assert b"<svg" not in render.index(layout(), entries("en"), named("en"))


def test_the_chart_is_a_table() -> None:
    """Month and number in words and figures; the bars are only for the eye."""
    table = one(parse(example_site()["kk/index.html"]), ".//table[@class='months']")
    assert [text(row) for row in table.iter("tr")] == ["АйМатериалдар", "қар. 2026 4", "қаз. 2026 0", "қыр. 2026 12"]
    bars = [(bar.get("width"), bar.get("aria-hidden")) for bar in table.findall(".//{*}svg")]
    assert bars == [("26.7%", "true"), ("0.0%", "true"), ("80.0%", "true")]


def test_one_month_is_no_chart() -> None:
    assert b"<table" not in render.index(layout(), entries("en"), [], months=MONTHS[:1])


@pytest.mark.parametrize("base", ["https://news.example.org", "https://example.org/news"])
def test_a_feed_in_a_browser_tells_how_to_subscribe_and_what_is_new(base: str) -> None:
    """It stands at addresses of any depth, so its links start from the host."""
    tree = parse(render.feed_preview(layout("kk", site(base_url=base)), entries("kk")))
    assert text(one(tree, ".//h1")) == "Бұл – жаңалықтар таспасы"
    assert [text(step) for step in tree.findall(".//ol[@class='steps']/li")] == [
        f"Мына мекенжайды көшіріп алыңыз: {base}/kk/feed.atom",
        "Оны таспа оқитын қолданбаға қойыңыз.",
    ]
    assert [text(heading) for heading in tree.iter("h3")] == [story.title for story in entries("kk")]
    root = urlsplit(base).path + "/"
    assert {str(link.get("href")).startswith(root) for link in tree.findall(".//main//a")} == {True}
    assert one(tree, ".//meta[@name='robots']").get("content") == "noindex"


def test_the_feed_of_all_languages_is_explained_in_each() -> None:
    tree = parse(example_site()[links.COMBINED_PREVIEW])
    doors = tree.findall(".//ul[@class='doors']/li")
    assert [door.get("lang") for door in doors] == list(LOCALES)
    assert text(one(tree, ".//code")) == "https://news.example.org/feed.atom"


def test_copying_speaks_the_language_of_the_page() -> None:
    """The words of the buttons, which only a script can make work, so only a script makes them."""
    tree = parse(example_site()["ru/feeds/index.html"])
    (around,) = [node for node in tree.iter() if "data-copy" in node.attrib]
    assert (around.get("data-copy"), around.get("data-copied")) == ("Копировать", "Скопировано")
    assert {id(code) for code in tree.iter("code")} == {id(code) for code in around.iter("code")}
    assert not list(tree.iter("button"))


def test_a_story_is_told_to_machines_too() -> None:
    tree = story_tree("kk")
    (data,) = [node for node in tree.iter("script") if node.get("type") == "application/ld+json"]
    assert json.loads("".join(data.itertext()))["headline"] == entry("kk").title
    said = [(str(meta.get("property")), meta.get("content")) for meta in tree.iter("meta") if meta.get("property")]
    assert ("og:locale", "kk_KZ") in said
    assert [content for name, content in said if name == "og:locale:alternate"] == ["en_US", "ru_RU"]


def test_a_place_tells_its_country_and_where_it_lies() -> None:
    almaty, country = place("kz-almaty", "ru"), place("kz", "ru")
    tree = parse(render.place(layout("ru"), almaty, [], [], country=country, area=False))
    assert one(tree, ".//main//p/a").get("href") == "../../../ru/places/kz/index.html"
    assert text(one(tree, ".//main//{*}svg")) == "Алматы"
    assert one(tree, ".//main//{*}svg").get("aria-labelledby") == one(tree, ".//h1").get("id")
    assert not parse(render.place(layout("ru"), almaty, [], [])).findall(".//main//{*}svg")


def test_a_site_without_stories_says_so() -> None:
    said = text(one(parse(render.index(layout("kk"), [], [])), ".//main"))
    assert said.startswith("Мұнда әзірге материал жоқ.")
    assert "Выпусков пока нет." in text(parse(render.digest_archive(layout("ru"), [])))


def test_a_place_tells_its_former_names_and_its_feed() -> None:
    tree = parse(example_site()["kk/places/kz-almaty/index.html"])
    assert text(one(tree, ".//h1")) == "Алматы"
    assert text(one(tree, ".//p[@class='former']")) == "бұрынғы Alma-Ata"
    assert len(tree.findall(".//article")) == 2
    first = alternates(tree, feeds=True)[0]
    assert (first.get("title"), first.get("href")) == (
        "Жаңалықтар: Алматы (Atom)",
        "../../../kk/places/kz-almaty/feed.atom",
    )


def test_a_place_is_declared_only_in_languages_where_it_has_a_page() -> None:
    tree = parse(render.place(layout("kk"), place("kz", "kk"), [], [], ("kk", "ru")))
    assert [link.get("hreflang") for link in alternates(tree, feeds=False)] == ["kk", "ru"]


def test_the_feeds_page_shows_every_address_for_copying() -> None:
    """Absolute, own language first, then the others, all together, then places and topics."""
    shown = [text(code) for code in parse(example_site()["ru/feeds/index.html"]).iter("code")]
    base = "https://news.example.org"
    assert shown[:4] == [f"{base}/ru/feed.atom", f"{base}/ru/feed.rss", f"{base}/ru/feed.json", f"{base}/ru/opml.xml"]
    assert shown[4:10] == [f"{base}/{code}/feed.{kind}" for code in ("en", "kk") for kind in ("atom", "rss", "json")]
    assert shown[10] == f"{base}/feed.atom"
    assert shown[11:] == [f"{base}/ru/places/{key}/feed.atom" for key in PLACES] + [
        f"{base}/ru/topics/{key}/feed.atom" for key in TOPICS
    ]


def test_a_topic_in_another_language_is_marked_and_a_page_without_a_feed_names_none() -> None:
    tree = parse(render.topic(layout("ru"), topic("dala", "ru"), [], ("kk", "ru"), feed=False))
    assert (text(one(tree, ".//h1")), one(tree, ".//h1").get("lang")) == ("Дала", "kk")
    assert [link.get("hreflang") for link in alternates(tree, feeds=False)] == ["kk", "ru"]
    assert not [link for link in alternates(tree, feeds=True) if "topics" in str(link.get("href"))]


def test_only_published_formats_are_offered() -> None:
    page = render.feeds_page(replace(layout(), formats=("rss",)), [])
    assert b"feed.rss" in page
    assert b"feed.atom" not in page
    assert b"feed.json" not in page


@pytest.mark.parametrize(
    ("subject", "said"),
    [("Дайджест недели: 9–15 ноября 2026 года", "Неделя 46"), ("Завтра придём снова", "9–15 ноября 2026 года")],
)
def test_the_digest_archive_names_each_week_once(subject: str, said: str) -> None:
    tree = parse(render.digest_archive(layout("ru"), [(Week(2026, 46), subject)]))
    item = one(tree, ".//ol[@class='issues']/li")
    assert text(item) == f"{subject} {said}"
    assert one(item, "a").get("href") == "../../ru/digest/2026-W46/index.html"


def test_the_chooser_speaks_each_language_in_its_own_words() -> None:
    tree = parse(example_site()[links.CHOOSER])
    doors = tree.findall(".//ul[@class='doors']/li")
    assert [(door.get("lang"), text(one(door, "h2"))) for door in doors] == [
        ("en", "English"),
        ("kk", "Қазақша"),
        ("ru", "Русский"),
    ]
    assert [text(door[-1]) for door in doors] == [
        "Subscribe to the feed (RSS)",
        "RSS таспасына жазылу",
        "Подписаться на RSS-ленту",
    ]
    assert [one(door, "h2/a").get("href") for door in doors] == [links.home(locale) for locale in LOCALES]


def test_a_newsroom_with_one_name_is_named_once() -> None:
    newsroom = site(titles=dict.fromkeys(LOCALES, "Steppe"))
    environments = {locale: layout(locale).environment for locale in LOCALES}
    tree = parse(render.chooser(newsroom, environments))
    assert (text(one(tree, ".//h1")), text(one(tree, ".//title"))) == ("Steppe", "Steppe")


def test_a_page_left_at_an_old_address_leads_to_the_new_one() -> None:
    tree = parse(render.moved(layout("kk"), entry("kk").url))
    target = "../../../kk/stories/erten-tagy-kelemiz/index.html"
    assert one(tree, ".//meta[@http-equiv='refresh']").get("content") == f"0; url={target}"
    assert one(tree, ".//link[@rel='canonical']").get("href") == entry("kk").url
    assert one(tree, ".//main//a").get("href") == target
    assert one(tree, ".//meta[@name='robots']").get("content") == "noindex"


@pytest.mark.parametrize(("base", "root"), [("https://news.example.org", "/"), ("https://example.org/news", "/news/")])
def test_page_not_found_works_at_any_depth(base: str, root: str) -> None:
    """It is shown in place of any address, so its links start from the host."""
    tree = parse(render.not_found(layout("ru", site(base_url=base))))
    assert text(one(tree, ".//h1")) == "Страница не найдена"
    assert one(tree, ".//link[@rel='stylesheet']").get("href") == f"{root}style.css"
    assert {str(link.get("href"))[: len(root)] for link in tree.iter("a")} - {"#content"[: len(root)]} == {root}
    assert not tree.findall(".//link[@rel='canonical']")


def test_a_site_in_a_folder_of_a_host_keeps_its_links() -> None:
    """Only what is declared to other machines knows the host: the rest is the same bytes."""
    moved = site(base_url="https://example.org/news")

    def page(newsroom: Site) -> bytes:
        story = entry(url=f"{newsroom.base_url}/en/stories/x/", slug="x", sisters={})
        return render.story(layout("en", newsroom), story)

    assert page(moved).replace(b"https://example.org/news", b"https://news.example.org") == page(site())


# --- the style -----------------------------------------------------------------------------------


def style() -> str:
    return render.stylesheet(layout().environment).decode("utf-8")


def test_the_style_loads_nothing_and_breaks_no_kazakh_word() -> None:
    rules = re.sub(r"/\*.*?\*/", "", style(), flags=re.DOTALL)
    assert not re.search(r"url\(|@import|@font-face|hyphens|text-transform|justify\b(?!-)|Georgia", rules)
    assert "overflow-wrap: anywhere" in rules
    assert "@media print" in rules


def colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", style(), flags=re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return found | (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [*product(("ink", "soft", "accent"), ("paper", "raised")), ("label-ink", "label-paper"), ("accent", "label-paper")],
)
def test_text_stands_out_in_the_light_and_in_the_dark(scheme: str, ink: str, paper: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3 AA)."""
    values = colours(scheme)
    dim, bright = sorted((luminance(values[ink]), luminance(values[paper])))
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_paths_are_those_of_the_contract() -> None:
    made: list[tuple[Callable[..., str], tuple[object, ...], str]] = [
        (links.home, ("kk",), "kk/index.html"),
        (links.story, ("kk", "shyraq"), "kk/stories/shyraq/index.html"),
        (links.place, ("ru", "kz-almaty"), "ru/places/kz-almaty/index.html"),
        (links.feeds, ("en",), "en/feeds/index.html"),
        (links.digest, ("kk", Week(2026, 46)), "kk/digest/2026-W46/index.html"),
        (links.feed, ("en", "json"), "en/feed.json"),
        (links.place_feed, ("en", "kz"), "en/places/kz/feed.atom"),
        (links.opml, ("en",), "en/opml.xml"),
    ]
    assert [function(*values) for function, values, _ in made] == [path for *_, path in made]


def test_an_address_with_other_letters_is_written_in_ascii() -> None:
    assert links.address(site(), "kk/stories/шырақ/index.html").isascii()
    assert links.to("../")("kk/stories/шырақ/index.html").isascii()

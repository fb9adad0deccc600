"""Templates say their words in the language of the readers: escaped in HTML, plain in text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from feeder import resources
from feeder.errors import TemplateError
from feeder.language import dates, locales, templates
from feeder.model import Week

ALMATY = ZoneInfo("Asia/Almaty")


def rendered(folder: Path, name: str, source: str, locale: str = "en", **values: object) -> str:
    """A site's own template, rendered."""
    (folder / name).write_text(source, encoding="utf-8")
    return templates.environment(locale, ALMATY, folder).get_template(name).render(**values)


def test_values_are_escaped_in_html_and_left_alone_in_text(tmp_path: Path) -> None:
    source = '{{ _("News: {place}", place=place) }}'
    assert rendered(tmp_path, "a.html.j2", source, place="<b> & 'c'") == "News: &lt;b&gt; &amp; &#39;c&#39;"
    assert rendered(tmp_path, "a.txt.j2", source, place="<b> & 'c'") == "News: <b> & 'c'"


def test_a_message_is_no_markup_in_html_and_has_its_own_apostrophes_in_text(tmp_path: Path) -> None:
    source = """{{ _("Don't <b>") }}"""
    assert rendered(tmp_path, "b.html.j2", source) == "Don&#39;t &lt;b&gt;"
    assert rendered(tmp_path, "b.txt.j2", source) == "Don't <b>"


def test_braces_in_a_value_are_not_filled_again(tmp_path: Path) -> None:
    assert rendered(tmp_path, "c.txt.j2", '{{ _("News: {place}", place="{place}") }}') == "News: {place}"


@pytest.mark.parametrize(("locale", "expected"), [("en", "5 stories"), ("kk", "5 материал"), ("ru", "5 материалов")])
def test_plurals_follow_the_language(tmp_path: Path, locale: str, expected: str) -> None:
    assert rendered(tmp_path, "d.html.j2", '{{ ngettext("{n} story", "{n} stories", 5) }}', locale) == expected


def test_a_context_tells_meanings_apart(tmp_path: Path) -> None:
    source = '{{ pgettext("date prose", "in {year}", year=1991) }}'
    assert rendered(tmp_path, "e.html.j2", source, "kk") == "1991 жылы"


def test_a_forgotten_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        rendered(tmp_path, "f.html.j2", "{{ nothing }}")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("a\n{{ nothing }}", "x.html.j2:2: 'nothing' is undefined"),
        ("{% if %}", "x.html.j2:1: Expected an expression"),
        ("\n\n{% include 'no.j2' %}", "x.html.j2:3: 'no.j2' not found"),
        ("{{ 1 / 0 }}", "x.html.j2:1: division by zero"),
        ("{{ _('In {x}', y=1991) }}", "x.html.j2:1: the message 'In {x}' has a wrong placeholder ('x'); there is: {y}"),
    ],
)  # fmt: skip
def test_a_fault_in_a_template_is_one_line_with_its_place(tmp_path: Path, source: str, told: str) -> None:
    with pytest.raises(TemplateError) as caught, templates.told():
        rendered(tmp_path, "x.html.j2", source)
    assert f"{tmp_path}/{told}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_fault_elsewhere_is_not_taken_for_one_of_a_template() -> None:
    with pytest.raises(ZeroDivisionError), templates.told():
        print(1 / 0)  # noqa: T201


def test_a_catalog_that_changed_is_used_and_a_broken_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While feeder runs; what the broken one said before stays, and the line names file and line."""
    po = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    monkeypatch.setattr(locales, "folder", lambda name: tmp_path)
    monkeypatch.setattr(locales, "_loaded", {})
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    environments = []
    for word in ("One", "Two"):
        po.write_text(f'{head}msgid "Digest"\nmsgstr "{word}"\n', encoding="utf-8")
        before = resources.fingerprint()
        templates.refresh([po])
        environments.append(templates.environment("en", ALMATY))
        assert environments[-1].from_string("{{ _('Digest') }}").render() == word
        assert resources.fingerprint() == before, "of feeder's own folders, which did not change"
    po.write_text(f'{head}msgid "Digest\n', encoding="utf-8")
    with pytest.raises(TemplateError, match=r"messages\.po:\d+: "):
        templates.refresh([po])
    assert templates.environment("en", ALMATY) is environments[-1]
    assert locales.text("en", "Digest") == "Two"
    templates.environment.cache_clear()


def test_moments_are_shown_on_the_clock_of_the_site(tmp_path: Path) -> None:
    moment = datetime(2022, 6, 27, 19, 30, tzinfo=UTC)
    source = "{{ m|long_date }}|{{ m|byline_date }}|{{ m|date_time }}|{{ m|iso }}"
    assert rendered(tmp_path, "g.html.j2", source, m=moment).split("|") == [
        "June 28, 2022",
        "Jun 28, 2022",
        "June 28, 2022, 01:30 (UTC+6)",
        "2022-06-28T01:30:00+06:00",
    ]


def test_dates_weeks_and_lists_are_said_in_the_language(tmp_path: Path) -> None:
    source = "{{ d|edtf }}|{{ d|edtf_short }}|{{ d|edtf_iso }}|{{ w|week_range }}|{{ l|list }}|{{ autonym(locale) }}"
    values = {"d": dates.parse("XXXX-02-03"), "w": Week(2019, 6), "l": ["А", "Б", "В"]}
    assert rendered(tmp_path, "h.txt.j2", source, "kk", **values).split("|") == [
        "3 ақпан (жылы көрсетілмеген)",
        "3 ақпан",
        "02-03",
        "2019 жылғы 4–10 ақпан",
        "А, Б және В",
        "Қазақша",
    ]


def test_a_site_template_comes_before_feeders_own(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    name = "pages/base.html.j2"
    assert rendered(tmp_path, name, "mine") == "mine"


def test_the_locales_share_compiled_templates_but_no_words(tmp_path: Path) -> None:
    """A constant with a filter is said in each locale's own words."""
    said = {locale: rendered(tmp_path, "h.txt.j2", '{{ "2019-02-03"|edtf }}', locale) for locale in ("en", "kk", "ru")}
    assert said == {locale: dates.words(dates.parse("2019-02-03"), locale) for locale in said}
    assert len(set(said.values())) == 3


def test_a_template_that_is_changed_is_compiled_anew(tmp_path: Path) -> None:
    """Also within one process, for every locale."""
    for text in ("first", "second, longer"):
        assert [rendered(tmp_path, "i.txt.j2", text, locale) for locale in ("en", "kk")] == [text, text]

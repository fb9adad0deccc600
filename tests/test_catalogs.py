"""The catalogs as data: complete in three languages, and the tool that keeps them so."""

from __future__ import annotations

import gettext
import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from feeder.language import locales
from feeder.model import Locale

ROOT = Path(__file__).parents[1]

#: Texts that are the same in Kazakh or Russian as in English, and rightly so: autonyms, names of formats.
SAME = {"English", "Қазақша", "Русский"}


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogs_tool", ROOT / "tools" / "catalogs.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # dataclasses look their module up
    spec.loader.exec_module(made)
    return made


tool = _load()


def catalog(locale: Locale, domain: str = "messages") -> Catalog:
    read: Catalog = tool.read(tool.po_path(ROOT, locale, domain), locale)
    return read


def entries(locale: Locale, domain: str = "messages") -> list[Message]:
    return [message for message in catalog(locale, domain) if message.id]


def forms(text: object) -> list[str]:
    return [str(form) for form in text] if isinstance(text, (list, tuple)) else [str(text)]


# --- the catalogs of feeder ----------------------------------------------------------------------


def test_the_catalogs_are_complete_and_without_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing missing, fuzzy or left over; placeholders, plural forms, alphabets right."""
    code = tool.main(["--check"])
    assert capsys.readouterr().out == ""
    assert code == 0


@pytest.mark.parametrize("domain", ["messages", "places"])
def test_all_languages_have_the_same_messages(domain: str) -> None:
    keys = [{(message.context, str(message.id)) for message in entries(locale, domain)} for locale in locales.LOCALES]
    assert keys[0] == keys[1] == keys[2]
    assert len(keys[0]) > 50


@pytest.mark.parametrize("locale", ["kk", "ru"])
def test_a_translation_is_never_the_english_text(locale: Locale) -> None:
    same = [
        message.id
        for message in entries(locale)
        if message.context not in {"date pattern", "date range"} and set(forms(message.string)) & set(forms(message.id))
    ]
    assert [text for text in same if _has_words(text) and text not in SAME] == []


def _has_words(text: object) -> bool:
    return any(re.search(r"[A-Za-z]", re.sub(r"\{[^{}]*\}", "", form)) for form in forms(text))


def test_kazakh_and_russian_are_written_in_cyrillic() -> None:
    """Latin words in a translation are names of formats and programs, which the English text has too."""
    for locale in ("kk", "ru"):
        for message in entries(locale):
            if message.context == "date pattern":
                continue
            english = " ".join(forms(message.id))
            for form in forms(message.string):
                for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"\{[^{}]*\}", "", form)):
                    assert word in english, (locale, form)


def test_english_says_its_own_msgids() -> None:
    for message in entries("en"):
        assert forms(message.string) == forms(message.id)


@pytest.mark.parametrize("locale", locales.LOCALES)
def test_every_message_can_be_filled_in_every_form(locale: Locale) -> None:
    """What a reader would see: no KeyError, no brace left, whatever the number."""
    for message in entries(locale):
        ids = forms(message.id)
        fields = {name: "7" for text in ids for name, _, _ in tool.placeholders(text)}
        for form in forms(message.string):
            assert not set("{}") & set(form.format(**fields))


@pytest.mark.parametrize(("locale", "numbers"), [("en", 2), ("kk", 2), ("ru", 3)])
@pytest.mark.parametrize("domain", ["messages", "places"])
def test_plural_rules_are_those_of_the_language(locale: Locale, numbers: int, domain: str) -> None:
    path = tool.po_path(ROOT, locale, domain)
    header = path.read_text(encoding="utf-8").split("\n\n")[0]
    plural = re.search(r"Plural-Forms: nplurals=(\d); plural=(.*);", header)
    assert plural is not None
    assert int(plural[1]) == numbers
    choose: Callable[[int], int] = gettext.c2py(plural[2])
    assert [choose(n) for n in (1, 2, 5, 11, 21, 22)] == ([0, 1, 2, 2, 0, 1] if locale == "ru" else [0, 1, 1, 1, 1, 1])


def test_no_clock_and_no_line_number_is_in_a_catalog() -> None:
    for path in sorted((ROOT / "translations").rglob("*.po*")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"-Date:|Generated-By|X-Generator", text), path
        assert not re.search(r"^#:.*:\d", text, re.MULTILINE), path


@pytest.mark.parametrize(
    ("place", "kk", "ru"),
    [
        ("kz-almaty", "Алматы", "Алматы"),
        ("kz-astana@2019-03-23", "Нұр-Сұлтан", "Нур-Султан"),
        ("kz-atyrau@..1991-10-04", "Гурьев", "Гурьев"),
    ],
)
def test_places_have_their_names_former_ones_by_date(place: str, kk: str, ru: str) -> None:
    assert locales.catalog("kk", "places").gettext(place) == kk
    assert locales.catalog("ru", "places").gettext(place) == ru


# --- the tool, on a project of its own -----------------------------------------------------------

CODE = '''
from feeder.language.locales import catalog, text

def said(locale: str, n: int) -> str:
    """Texts of all kinds."""
    words = catalog(locale)
    # Translators: shown at the top
    words.gettext("Hello {name}")
    words.ngettext("{n} story", "{n} stories", n)
    words.pgettext("date pattern", "MMMM y")
    return text(locale, "By {name}", name="x")
'''
TEMPLATE = (
    """<p>{{ _("Archive") }} {{ ngettext("{n} story", "{n} stories", n) }} {{ pgettext("menu", "Archive") }}</p>"""
)
GAZETTEER = """id\tkind\ten\tkk\tru\tvalid_from\tvalid_to\tname_status
kz-x\tcity\tX-town\tИкс\tИксград\t1999\t\tcurrent
kz-x\tcity\tOld\tЕскі\tСтарый\t1950-01-02\t1999\tformer
kz-x\tcity\tOlder\tЕскірек\tСтарее\t\t1950-01-02\tformer
"""
TRANSLATED = {
    "kk": {
        "Hello {name}": "Сәлем, {name}",
        "{n} story": ("{n} материал", "{n} материал"),
        "MMMM y": "y 'жылғы' MMMM",
        "By {name}": "Авторы: {name}",
        "Archive": "Мұрағат",
    },
    "ru": {
        "Hello {name}": "Привет, {name}",
        "{n} story": ("{n} материал", "{n} материала", "{n} материалов"),
        "MMMM y": "LLLL y 'года'",
        "By {name}": "Автор: {name}",
        "Archive": "Архив",
    },
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with complete catalogs."""
    files = {
        "feeder/said.py": CODE,
        "templates/pages/index.html.j2": TEMPLATE,
        "feeder/language/gazetteer.tsv": GAZETTEER,
        "babel.cfg": (ROOT / "babel.cfg").read_text(encoding="utf-8"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert tool.main(["--root", str(tmp_path)]) == 0
    for locale, texts in TRANSLATED.items():
        path = tool.po_path(tmp_path, locale, "messages")
        made = tool.read(path, locale)
        for message in made:
            if message.id:
                message.string = texts[forms(message.id)[0]]
        path.write_bytes(tool.to_bytes(made, tool.header(locale, "messages", made)))
    return tmp_path


def check(project: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    code = tool.main(["--root", str(project), "--check"])
    lines = capsys.readouterr().out.splitlines()
    assert code == (1 if lines else 0)
    return lines


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_complete_project_has_no_findings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(project, capsys) == []


def test_texts_of_code_and_templates_are_found_once_with_their_comments(project: Path) -> None:
    wanted = tool.messages(project)
    assert [want.key for want in wanted] == [
        ("", "Archive"),
        ("menu", "Archive"),
        ("", "By {name}"),
        ("", "Hello {name}"),
        ("date pattern", "MMMM y"),
        ("", "{n} story"),
    ]
    assert wanted[3].comments == ("Translators: shown at the top",)
    assert wanted[5].files == ("feeder/said.py", "templates/pages/index.html.j2")


def test_a_second_update_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in sorted((project / "translations").rglob("*.po*"))}
    capsys.readouterr()
    assert tool.main(["--root", str(project)]) == 0
    assert capsys.readouterr().out == ""
    assert {path: path.read_bytes() for path in sorted((project / "translations").rglob("*.po*"))} == before


def test_a_new_text_is_reported_then_added_and_the_translations_stay(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project / "templates/pages/index.html.j2", "<p>", '<p>{{ _("Place") }}')
    missing = "translations/kk/LC_MESSAGES/messages.po: 'Place': missing; run ./dev catalogs"
    assert missing in check(project, capsys)
    tool.main(["--root", str(project)])
    found = check(project, capsys)
    assert found == [
        "translations/kk/LC_MESSAGES/messages.po: 'Place': not translated",
        "translations/ru/LC_MESSAGES/messages.po: 'Place': not translated",
    ]
    assert "Сәлем, {name}" in tool.po_path(project, "kk", "messages").read_text(encoding="utf-8")


def test_a_text_that_left_the_code_leaves_the_catalogs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project / "feeder/said.py", 'words.gettext("Hello {name}")', "pass")
    assert "translations/ru/LC_MESSAGES/messages.po: 'Hello {name}': not used any more; run ./dev catalogs" in check(
        project, capsys
    )
    tool.main(["--root", str(project)])
    assert check(project, capsys) == []
    assert "Hello" not in tool.po_path(project, "ru", "messages").read_text(encoding="utf-8")


FAULTS = [
    ("kk", 'msgstr "Мұрағат"', 'msgstr ""', "'Archive': not translated"),
    ("kk", "Сәлем, {name}", "Сәлем, {nam}", "'Hello {name}': other placeholders than 'Hello {name}': 'Сәлем, {nam}'"),
    ("kk", "Сәлем, {name}", "Сәлем, {name", "other placeholders"),
    ("kk", "Сәлем, {name}", "Сәлем, {name.x}", "other placeholders"),
    ("kk", "Сәлем, {name}", "Сәлем, {name:>99}", "other placeholders"),
    ("ru", "{n} материалов", "материалов", "other placeholders"),
    ("ru", 'msgstr[0] "{n} материал"', 'msgstr[0] "материал"', "other placeholders"),
    ("ru", '\nmsgstr[2] "{n} материалов"', "", "'{n} story': has 2 of 3 plural forms"),
    ("kk", 'msgstr[1] "{n} материал"', 'msgstr[1] "{n} материал"\nmsgstr[2] "{n} материал"', "cannot be read"),
    ("ru", "nplurals=3", "nplurals=4", "Plural-Forms must be 'nplurals=3"),
    ("kk", '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n', "", "Plural-Forms must be 'nplurals=2"),
    ("kk", "Мұрағат", "Мұрағaт", "Latin and Cyrillic letters in one word: 'Мұрағaт'"),
    ("ru", "Архив", "Apхив", "Latin and Cyrillic letters in one word: 'Apхив'"),
    ("kk", "Сәлем, {name}", "Сәлем,\u202f{name}", "has U+202F"),
    ("ru", "Автор: {name}", "Автор:\u202f{name}", "has U+202F"),
    ("ru", "Архив", "Архи\u0438\u0306", "composed form"),
    ("ru", "LLLL y 'года'", "LLLL 'года'", "date pattern with other parts"),
    ("kk", "#: feeder/said.py\n#, python-brace", "#: feeder/said.py\n#, fuzzy, python-brace", "'By {name}': fuzzy"),
    ("kk", 'msgctxt "menu"', '#~ msgid "Gone"\n#~ msgstr "Жоқ"\n\nmsgctxt "menu"', "'Gone': obsolete entry"),
    ("kk", 'msgid "Hello', 'mgid "Hello', "cannot be read"),
]


@pytest.mark.parametrize(("locale", "old", "new", "finding"), FAULTS)
def test_every_fault_of_a_catalog_is_found(
    project: Path, capsys: pytest.CaptureFixture[str], locale: Locale, old: str, new: str, finding: str
) -> None:
    edit(tool.po_path(project, locale, "messages"), old, new)
    found = check(project, capsys)
    assert found != []
    assert all(line.startswith(f"translations/{locale}/LC_MESSAGES/messages.po: ") for line in found)
    assert any(finding in line for line in found), found


def test_a_missing_catalog_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool.po_path(project, "kk", "messages").unlink()
    assert check(project, capsys) == [
        "translations/kk/LC_MESSAGES/messages.po: the file is missing; run ./dev catalogs"
    ]


@pytest.mark.parametrize(("name", "text"), [("templates/pages/index.html.j2", "{% if %}"), ("feeder/said.py", "_(")])
def test_a_broken_source_is_one_line_with_its_name(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    (project / name).write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert tool.main(["--root", str(project)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"catalogs: {name}: ")
    assert error.count("\n") == 1


def test_places_begin_with_the_gazetteer_and_then_belong_to_the_translators(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tool.po_path(project, "kk", "places")
    text = path.read_text(encoding="utf-8")
    assert '#. X-town (city)\nmsgid "kz-x"\nmsgstr "Икс"' in text
    assert 'msgid "kz-x@1950-01-02"\nmsgstr "Ескі"' in text
    assert 'msgid "kz-x@..1950-01-02"\nmsgstr "Ескірек"' in text
    edit(path, "Ескірек", "Ең ескісі")
    tool.main(["--root", str(project)])
    assert "Ең ескісі" in path.read_text(encoding="utf-8")
    assert check(project, capsys) == []


def test_the_translators_own_lines_in_the_header_and_comments_stay(project: Path) -> None:
    path = tool.po_path(project, "ru", "messages")
    edit(
        path,
        '"Language-Team: Russian\\n"',
        '"Last-Translator: Somebody <s@example.org>\\n"\n"Language-Team: Редакция\\n"',
    )
    edit(
        path,
        '#: feeder/said.py\n#, python-brace-format\nmsgid "By',
        '# так решила редакция\n#: feeder/said.py\nmsgid "By',
    )
    tool.main(["--root", str(project)])
    text = path.read_text(encoding="utf-8")
    for kept in ("Last-Translator: Somebody <s@example.org>", "Language-Team: Редакция", "# так решила редакция"):
        assert kept in text

"""`feeder explain` on a terminal: everything is there at every width, marked only where marks can be seen."""

from __future__ import annotations

import errno
import functools
import itertools
import os
import re
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import click
import pytest
from doors import ROOT, SEEDS, environment, line, run
from hypothesis import given
from hypothesis import strategies as st

from feeder.cli.explain_layout import layout
from feeder.cli.screen import Screen, wrap
from feeder.config import Config, SourceConfig
from feeder.jobs import explain
from feeder.jobs.newsroom import Newsroom

PAGES = ROOT / "tests" / "data" / "pages"
KAZAKH = SEEDS / "articles" / "2021-02-09-eight-picketers.kk.md"
SAVED = SEEDS / "articles" / "2022-06-500th-day.en.txt"
ARTICLES = (
    KAZAKH,
    SAVED,
    PAGES / "asianews.txt",
    PAGES / "uhrp-en.txt",
    PAGES / "tengrinews-ru.txt",
    PAGES / "abai-kk.txt",
)
DRAWN = set("─│┌┐└┘━-|+=·×x")  #: signs that the layout may add anywhere

widths = st.integers(40, 200)
articles = st.sampled_from(ARTICLES)
#: Letters of our languages and what makes them hard: marks, wide letters, controls, what is not seen, words without end.
texts = st.text(st.sampled_from("abc жәұ \n\té́̂中文\u00ad\u200b\x1b\x07—«»👍🏽") | st.characters(), max_size=300)


@functools.cache
def account(path: Path) -> dict[str, Any]:
    """Of an article in a site that has no store."""
    config = Config(base_url="https://news.example.org", sources=(SourceConfig(path="."),))
    return explain.of_file(path, Newsroom(config=config, folder=path.parent, data=path.parent / "data"), None)


def found(**fields: Any) -> dict[str, Any]:
    """The account of a small article, with changes."""
    empty: dict[str, Any] = dict.fromkeys(
        (
            "deck",
            "publisher",
            "dateline",
            "published",
            "first_seen",
            "updated",
            "event_date",
            "event_date_inferred",
            "caption",
            "same_story",
        )
    )
    lists: dict[str, Any] = {name: [] for name in ("authors", "notices", "related", "dropped", "places", "problems")}
    feeds = {"feeds": [{"feed": "en/feed.atom", "in": True, "why": None}], "issues": [], "quarantined": False}
    head = {"path": "vigil.en.md", "story": "vigil", "language": "en", "title": "Vigil", "paragraphs": ["One."]}
    return {**empty, **lists, **feeds, **head, "entries": {}, **fields}


def plain(account_: dict[str, Any], width: int = 80, encoding: str = "utf-8") -> str:
    return click.unstyle(layout(account_, Screen(width=width, encoding=encoding)))


def columns(text: str) -> int:
    """How wide a terminal shows the text."""
    seen = [letter for letter in text if unicodedata.category(letter) not in ("Mn", "Me", "Cf")]
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in seen)


def letters(*texts: str) -> Counter[str]:
    """What there is to read, without blanks and drawn lines."""
    return Counter(letter for text in texts for letter in text if not letter.isspace() and letter not in DRAWN)


def section(text: str, title: str) -> str:
    """The lines under a heading, up to the next."""
    match = re.search(rf"^{title} ─+\n(.*?)(?=^\S+( \S+)* ─+$|^┌|\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no section {title!r}"
    return match[1]


def marked(styled: str) -> list[str]:
    """The words that are underlined."""
    return re.findall(r"\x1b\[(?:[0-9]+m\x1b\[)*4m([^\x1b]+)", styled)


# --- Every width ------------------------------------------------------------------------------------


@given(path=articles, width=widths)
def test_no_line_is_wider_than_the_terminal(path: Path, width: int) -> None:
    text = plain(account(path), width)
    assert max(map(columns, text.splitlines())) <= width
    assert not re.search(r" $", text, re.MULTILINE)  # nor is it filled up with blanks


@given(path=articles, width=widths)
def test_nothing_of_the_article_is_lost(path: Path, width: int) -> None:
    """Head, text and notices letter by letter and in order; lists and tables letter by letter."""
    one = account(path)
    text = plain(one, width)
    flowing = re.sub(r"[\s│]", "", text)
    for said in (one["title"], one["deck"] or "", one["caption"] or "", *one["paragraphs"], *one["notices"]):
        assert re.sub(r"[\s│]", "", said) in flowing
    for title, key, parts in (("Left out", "dropped", ("text", "reason")), ("Related", "related", ("title",))):
        if one[key]:
            said_ = letters(*(row[part] for row in one[key] for part in parts))
            assert letters(section(text, title)) >= said_
    entries = one["entries"].values()
    values = (str(part) for row in entries for part in (row["title"], row["label"] or "", row["date"], *row["places"]))
    assert letters(section(text, "Entries")) >= letters(*values, *(row["url"] for row in entries))


@given(text=texts, width=widths)
def test_any_text_is_laid_out(text: str, width: int) -> None:
    """Wherever it stands, nothing in it reaches the terminal as a command, and no line grows too wide."""
    one = found(
        title=text, paragraphs=[text, text], notices=[text], dropped=[{"line": 7, "text": text, "reason": "why"}],
        related=[{"title": text, "date": None, "url": text}], problems=[text], caption=text, authors=[text],
    )  # fmt: skip
    shown = plain(one, width)
    assert max(map(columns, shown.split("\n"))) <= width
    assert not [letter for letter in shown if unicodedata.category(letter) == "Cc" and letter != "\n"]


@given(text=texts, width=st.integers(2, 60))
def test_wrapping_breaks_between_words(text: str, width: int) -> None:
    """All letters in order; a line is full, or the next word did not fit."""
    screen = Screen()
    rows = ["".join(cell.text for cell in row) for row in wrap(screen.line(text), width)]
    assert "".join(rows).replace(" ", "") == re.sub("[ \n]", "", screen.printed(text))
    for row in rows:
        assert columns(row) <= width
        assert row == row.strip(" ")
    for row, following in itertools.pairwise(rows):
        if "\n" not in text and (word := following.split(" ")[0]):
            assert columns(row) + 1 + columns(word) > width


@pytest.mark.parametrize(
    ("width", "text", "rows"),
    [
        (8, "one two three", ["one two", "three"]),
        (8, "one   two\tthree", ["one two", "three"]),
        (8, "неделимоеслово и", ["неделимо", "еслово и"]),
        (6, "á́b́ć d́éf́ǵ h", ["á́b́ć", "d́éf́ǵ h"]),  # marks take no room
        (8, "中文中文 中", ["中文中文", "中"]),  # these letters take two columns
        (6, "a\u00a0b c\u00a0d e", ["a\u00a0b", "c\u00a0d e"]),  # a space that does not break
        (8, "one\n\n two", ["one", "two"]),
        (8, "", []),
    ],
)
def test_lines_break_where_a_person_would_break_them(width: int, text: str, rows: list[str]) -> None:
    assert ["".join(cell.text for cell in row) for row in wrap(Screen().line(text), width)] == rows


# --- What an editor looks for -----------------------------------------------------------------------


def test_problems_come_first() -> None:
    """Before the title, in yellow."""
    styled = layout(found(problems=["the place 'Almatty' is not in the gazetteer; check its spelling"]), Screen())
    first, _, title = styled.splitlines()[:3]
    assert click.unstyle(first) == "! the place 'Almatty' is not in the gazetteer; check its spelling"
    assert first.startswith("\x1b[33m")
    assert click.unstyle(title) == "Vigil"


@pytest.mark.parametrize("width", [40, 59, 60, 80, 160])
@pytest.mark.parametrize("path", [path for path in ARTICLES if path is not KAZAKH])
def test_each_dropped_line_is_shown_with_its_number_and_reason(path: Path, width: int) -> None:
    """One after the other, all of them dimmed."""
    one = account(path)
    styled = section(click.unstyle(layout(one, Screen(width=width))), "Left out")
    numbers = re.findall(r"^ +(\d+|–)  \S", styled, re.MULTILINE)
    assert numbers == [str(dropped["line"] or "–") for dropped in one["dropped"]]
    for dropped in one["dropped"]:
        assert set(dropped["reason"].split()) <= set(re.sub(r"[()]", "", styled).split())
    raw = layout(one, Screen(width=width)).split("Left out")[1].split("Entries")[0]
    rows = [row for row in raw.splitlines()[1:-2] if row]
    assert all(re.match(r" *\x1b\[2m", row) for row in rows)


def test_places_are_marked_in_the_text_and_in_the_legend() -> None:
    """Each mention underlined, in the colour of its id."""
    one = account(KAZAKH)
    styled = layout(one, Screen(width=160))
    words = Counter(marked(styled))
    for place in one["places"]:
        assert words[place["id"]] == 1
        for surface, count in place["surfaces"].items():
            assert words[surface] == count
    color = re.search(r"(\x1b\[\d+m)\x1b\[4mkz-almaty", styled)
    assert color
    assert f"{color[1]}\x1b[4mАлматыдағы" in styled


def test_a_mention_of_several_words_is_one_mark_and_stays_marked_across_lines() -> None:
    names, spans = {"en": "Abai Region"}, [{"text": 4, "start": 4, "end": 23}]
    place = {"id": "kz-abai", "mentions": 1, "names": names, "surfaces": {}, "spans": spans, "stated": False}
    one = found(paragraphs=["The long region of Abai it is"], places=[place])
    assert marked(layout(one, Screen(width=80))) == ["long region of Abai", "kz-abai"]
    assert marked(layout(one, Screen(width=24))) == ["long region of", "Abai", "kz-abai"]


def test_entries_stand_side_by_side_where_there_is_room() -> None:
    """The three titles begin on one line from 100 columns on, below each other else; addresses are never cut there."""
    one = account(KAZAKH)
    for width in (100, 120, 200):
        rows = section(plain(one, width), "Entries").splitlines()
        assert [re.sub(r" +", " ", part).strip() for part in rows[0].split("│")[1:]] == [
            "English (en)",
            "Kazakh (kk)",
            "Russian (ru)",
        ]
        assert len({row.index("│") for row in rows if "│" in row}) == 1
        assert [row.split()[1] for row in rows[-4:] if row] == [entry["url"] for entry in one["entries"].values()]
    stacked = section(plain(one, 99), "Entries")
    assert "│" not in stacked
    assert re.findall(r"^  (\w\w)  ", stacked, re.MULTILINE) == ["en", "kk", "ru"]


def test_a_date_that_nobody_wrote_comes_with_its_evidence() -> None:
    one = account(PAGES / "uhrp-en.txt")
    assert one["event_date_inferred"]
    text = plain(one, 100)
    assert "event date  not stated\n" in text
    assert "probably February 3, 2023 (2023-02-03)\n" in text
    assert one["event_date_inferred"]["evidence"] in text


def test_a_year_that_is_missing_is_said_in_words() -> None:
    assert "event date  February 3 (year not stated) (XXXX-02-03)\n" in plain(found(event_date="XXXX-02-03"))


def test_feeds_are_counted_and_only_those_without_it_explained() -> None:
    """One line for what is well, one for each reason."""
    places = [{"feed": f"{lang}/places/kz/feed.atom", "in": True, "why": None} for lang in ("en", "kk")]
    feeds = [
        {"feed": "en/feed.atom", "in": True, "why": None},
        {"feed": "kk/feed.atom", "in": True, "why": None},
        *places,
    ]
    assert "in all 4: en/feed.atom, kk/feed.atom and 2 of places\n" in plain(found(feeds=feeds))
    topics = [{"feed": f"{lang}/topics/court/feed.atom", "in": True, "why": None} for lang in ("en", "kk", "ru")]
    assert "kk/feed.atom and 3 of topics and 2 of places\n" in plain(found(feeds=[*feeds, *topics]))
    late: dict[str, Any] = {"in": False, "why": "50 newer stories"}
    feeds += [{"feed": "ru/feed.atom", **late}, {"feed": "ru/places/kz/feed.atom", **late}]
    text = section(plain(found(feeds=feeds)), "Feeds and digests")
    assert "in 4 of 6: en/feed.atom, kk/feed.atom and 2 of places\n" in text
    assert "not in ru/feed.atom, ru/places/kz/feed.atom: 50 newer stories\n" in text


def test_an_article_that_is_in_no_feed_is_told_why() -> None:
    nowhere = [{"feed": None, "in": False, "why": "it is a draft"}]
    told = [{"issue": "2026-W46", "in": True, "why": None}]
    text = section(plain(found(feeds=nowhere, issues=told)), "Feeds and digests")
    assert re.sub(" +", " ", text) == " feeds not in any: it is a draft\n digests told in 2026-W46\n"
    untold = [{"issue": None, "in": False, "why": "no digest has told this story yet"}]
    assert "  digests  no digest has told this story yet\n" in plain(found(issues=untold))


def test_issues_are_named_with_the_reason_why_not() -> None:
    late: dict[str, Any] = {"in": False, "why": "was not here yet"}
    rows = [{"issue": "2026-W46-en", **late}, {"issue": "2026-W46-kk", **late}]
    rows += [{"issue": "2026-W47-kk", "in": True, "why": None}, {"issue": "2026-W48", "in": False, "why": "was told"}]
    text = re.sub(" +", " ", section(plain(found(issues=rows)), "Feeds and digests"))
    assert " digests told in 2026-W47-kk\n 2026-W46-en, 2026-W46-kk: was not here yet\n 2026-W48: was told\n" in text


def test_the_versions_of_a_story_stand_apart() -> None:
    """Entries and feeds are those of the story: said once, unless the versions differ in them."""
    english, russian = found(), found(language="ru", title="Вахта", path="vigil.ru.md")
    text = plain({"story": "vigil", "articles": [english, russian]})
    assert text.startswith("Story vigil, 2 versions: English (en), Russian (ru)\n")
    assert re.findall(r"^━━ (.+?) ━+$", text, re.MULTILINE) == ["English (en)", "Russian (ru)", "All versions"]
    assert text.count("Feeds and digests") == 1
    russian["feeds"] = [{"feed": None, "in": False, "why": "it is a draft"}]
    text = plain({"story": "vigil", "articles": [english, russian]})
    assert re.findall(r"^━━ (.+?) ━+$", text, re.MULTILINE) == ["English (en)", "Russian (ru)"]
    assert text.count("Feeds and digests") == 2


def test_of_a_file_that_cannot_be_read_only_the_problem_is_shown(tmp_path: Path) -> None:
    """What it is, which file, where and why; no empty sections."""
    path = tmp_path / "bad.en.md"
    path.write_text("---\ntitle: Bad\npublished: someday\n---\nText", encoding="utf-8")
    text = plain(account(path), 200)
    rows = [row.strip() for row in text.splitlines() if row]
    assert rows[0] == "feeder cannot read this file"
    assert re.sub(r"\s", "", text).find("line3:published:'someday'isnotadate") > 0
    assert len(rows) <= 8
    assert "──" not in text


# --- Terminals, pipes and old encodings -------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "cp1251", "koi8-r", "utf-8"])
def test_what_the_encoding_lacks_is_drawn_with_plainer_signs(encoding: str) -> None:
    """Letters become their numbers, and lines still fit."""
    for width in (40, 80, 120):
        text = plain(account(KAZAKH), width, encoding)
        assert text.encode(encoding)
        assert max(map(columns, text.splitlines())) <= width
    assert ("│" in text) == (encoding in ("utf-8", "koi8-r"))
    assert (r"\u04b1" in text) == (encoding != "utf-8")


def test_what_would_steer_the_terminal_is_not_printed() -> None:
    """An article cannot set the title of the window, move the cursor, or turn what follows red."""
    styled = layout(found(title="Vi\x1b[31mgil\x1b]0;x\x07", paragraphs=["a\x9bb\rc\x00d"]), Screen())
    assert "Vi\ufffd[31mgil\ufffd]0;x\ufffd" in click.unstyle(styled)
    assert "a\ufffdb c\ufffdd" in styled
    assert set(re.findall(r"\x1b\[(\d+)m", styled)) <= {"0", "1", "2"}


def test_a_pipe_gets_no_marks() -> None:
    """Nor colours, and 80 columns, or as many as COLUMNS says."""
    done = run("explain", SAVED)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert 70 < max(map(columns, done.stdout.splitlines())) <= 80
    wide = run("explain", SAVED, env={"COLUMNS": "130"})
    assert 120 < max(map(columns, wide.stdout.splitlines())) <= 130


def test_a_pipe_without_unicode_is_served_too() -> None:
    """No box, no failure."""
    program = line("explain", KAZAKH)
    env = environment(PYTHONUTF8="0", PYTHONIOENCODING="cp1251")
    done = subprocess.run(program, env=env, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Entries -----" in done.stdout.decode("cp1251")


def on_a_terminal(width: int, **env: str) -> str:
    """What `feeder explain` writes on a real terminal."""
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, width))
    clean = {name: value for name, value in environment().items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    with subprocess.Popen(line("explain", SAVED), stdout=theirs, stderr=theirs, env={**clean, "TERM": "xterm", **env}):
        os.close(theirs)
        written = _until_closed(ours)
    os.close(ours)
    return written.decode("utf-8").replace("\r\n", "\n")


def _until_closed(terminal: int) -> bytes:
    written = b""
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux's way of saying that the other side is closed
                raise
            return written
        if not read:
            return written
        written += read


def test_a_terminal_is_written_on_in_its_own_width_with_marks() -> None:
    written = on_a_terminal(66)
    assert {"ALMATY", "Xinjiang"} <= set(marked(written))
    assert 60 < max(map(columns, click.unstyle(written).splitlines())) <= 66


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_whoever_wants_no_colours_gets_none(env: dict[str, str]) -> None:
    assert "\x1b" not in on_a_terminal(80, **env)

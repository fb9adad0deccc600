"""The command line: what it prints where, how it ends, and that bad input gives one clear line."""

from __future__ import annotations

import functools
import io
import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from doors import LOCALES, SEEDS, built, environment, line, run, sample, tree

import feeder
from feeder import cli
from feeder.cli import init, site

STORY = "qulja-commemoration"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def one_line(self) -> str:
        """The only line on stderr."""
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, self.err
        return self.err.rstrip("\n")


Call = Callable[..., Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """The whole program in this process, from its arguments to its exit code; it starts in an empty folder."""
    for name in [name for name in os.environ if name.startswith("FEEDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def called(*args: str | Path, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["feeder", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            cli.main()
            code: Any = 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return called


@pytest.fixture
def new(tmp_path: Path, call: Call) -> Path:
    """A new site with one story, not yet built: smaller than the sample site, so faster."""
    assert call("init", "new").code == 0
    return tmp_path / "new"


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# --- the program ---------------------------------------------------------------------------------


def test_version_is_one_line() -> None:
    """For scripts and for reports of defects."""
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"feeder {feeder.__version__}\n", "")


def test_help_lists_the_commands_that_there_are(call: Call) -> None:
    """Every one listed can be called, and has help of its own; short and long option are the same."""
    text = call("--help").out
    assert call("-h").out == text
    listed = re.findall(r"^  (\w+)  +\w", text.partition("Commands:")[2], re.MULTILINE)
    assert listed == list(cli.COMMANDS)
    for name in listed:
        done = call(name, "--help")
        assert done.code == 0
        assert done.out.startswith(f"Usage: feeder {name} ")


def test_every_command_module_is_a_command() -> None:
    """A command that is written is listed, and the other way round."""
    folder = Path(cli.__file__).parent
    made = re.compile(r"^@click\.(?:command|group)\(", re.MULTILINE)
    modules = {path.stem for path in folder.glob("*.py") if made.search(path.read_text(encoding="utf-8"))} - {
        "__init__"
    }
    assert modules == set(cli.COMMANDS)
    assert all(isinstance(cli.group.get_command(click.Context(cli.group), name), click.Command) for name in modules)


def test_without_a_command_it_shows_its_help() -> None:
    """On stderr, since nothing was done."""
    done = CliRunner().invoke(cli.group, [])
    assert done.exit_code == 2
    assert "Commands:" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("typed", "meant"), [("biuld", "Did you mean 'build'?"), ("sevre", "Did you mean 'serve'?"), ("xyzzy", "xyzzy")]
)
def test_a_newcomers_typo_gets_a_hint(typed: str, meant: str, call: Call) -> None:
    """The usage line, what was wrong, what was perhaps meant; exit code 2."""
    done = call(typed)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: feeder ")
    assert meant in done.err


@pytest.mark.parametrize(
    "args",
    [
        ("build", "--jsn"),
        ("build", "extra"),
        ("explain",),
        ("init",),
        ("serve", "--port", "eighty"),
        ("serve", "--port", "65536"),
        ("places", "shw"),
        ("places", "find"),
        ("places", "find", "--lang", "de"),
        ("places", "show", "kz-almaty", "--on", "yesterday"),
        ("digest", "--week", "46"),
        ("digest", "--week", "2026-46"),
        ("digest", "--week", "2026-W54"),
        ("digest", "--week", "2026-W00"),
        ("digest", "--week", "2025-W53"),
        ("digest", "--week", "0001-W01"),
        ("digest", "--week", "9999-W52"),
    ],
)
def test_wrong_usage_is_2(args: tuple[str, ...], new: Path, call: Call) -> None:
    """With the usage of the command, and no traceback."""
    done = call(*args, "--site", new) if args[0] == "digest" else call(*args)
    assert (done.code, done.out) == (2, "")
    assert "Usage: feeder" in done.err
    assert "Error: " in done.err
    assert "Traceback" not in done.err


def test_kazakh_in_another_alphabet_is_refused_with_its_reason(call: Call) -> None:
    """kk-Latn is not served as Cyrillic."""
    done = call("places", "find", "--lang", "kk-Latn")
    assert done.code == 2
    assert "another alphabet" in done.err


# --- the site and its configuration --------------------------------------------------------------


@pytest.mark.parametrize("command", [("build",), ("digest",), ("serve", "--port", "0"), ("migrate",)])
def test_a_missing_site_is_told_in_one_line(command: tuple[str, ...], call: Call) -> None:
    """With both ways on."""
    told = call(*command).one_line
    assert told.startswith("feeder: there is no feeder.toml in ")
    assert "--site" in told
    assert "feeder init DIR" in told
    assert call(*command, "--site", "nowhere").code == 1


def test_the_file_instead_of_its_folder_is_understood(new: Path, call: Call) -> None:
    """A shell completes the path one step too far."""
    done = call("build", "--site", new / "feeder.toml")
    assert (done.code, done.one_line) == (
        1,
        f"feeder: --site names a folder, not the file in it: --site {new}",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("base_url = ", "not valid TOML"),
        ("", "'base_url' is missing"),
        ('base_url = "https://a.example.org"\n', "'sources' is missing"),
        ('base_url = "https://a.example.org"\ntitel = "x"\n[[sources]]\npath = "articles"\n', "titel"),
        ('base_url = 5\n[[sources]]\npath = "articles"\n', "base_url"),
        ('base_url = "https://a.example.org"\ntimezone = "Almaty"\n[[sources]]\npath = "a"\n', "timezone"),
    ],
)
@pytest.mark.parametrize("command", ["build", "digest", "serve"])
def test_a_wrong_configuration_is_told_in_one_line(
    text: str, told: str, command: str, tmp_path: Path, call: Call
) -> None:
    """Naming the key, before anything is written."""
    file(tmp_path, "feeder.toml", text)
    done = call(command)
    assert (done.code, done.out) == (1, "")
    assert told in done.one_line
    assert not (tmp_path / "data").exists()


def test_a_wrong_key_in_the_environment_is_told_in_one_line(
    new: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of the variable stands in it."""
    monkeypatch.setenv("FEEDER_SCHEDULE_BUILD_EVERY", "often")
    done = call("build", "--site", new)
    assert (done.code, "FEEDER_SCHEDULE_BUILD_EVERY" in done.one_line) == (1, True)


def test_a_configuration_saved_by_notepad_is_read(new: Path, call: Call) -> None:
    """With a byte order mark and the line ends of Windows."""
    text = (new / "feeder.toml").read_text(encoding="utf-8").replace("\n", "\r\n")
    (new / "feeder.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert call("build", "--site", new).code == 0


def test_a_configuration_in_another_encoding_is_told_in_one_line(new: Path, call: Call) -> None:
    """What to do is said: save it in UTF-8."""
    (new / "feeder.toml").write_bytes('title = "Жаңалық"'.encode("utf-16"))
    done = call("build", "--site", new)
    assert (done.code, "UTF-8" in done.one_line) == (1, True)


def test_the_site_may_be_named_before_or_after_the_command(new: Path, tmp_path: Path, call: Call) -> None:
    """And where both are, the latter counts; without either it is the folder one is in."""
    for number, args in enumerate(
        [
            ("--site", new, "build"),
            ("build", "--site", new),
            ("--site", tmp_path / "no", "build", "--site", new),
            ("--site", new, "--data", tmp_path / "no", "build"),
        ]
    ):
        data = tmp_path / f"data-{number}"
        assert call(*args, "--data", data).code == 0, args
        assert (data / "public" / "kk" / "feed.atom").is_file()
    assert not (tmp_path / "no").exists()
    assert not (new / "data").exists()
    assert run("build", cwd=new).returncode == 0
    assert (new / "data" / "public" / "kk" / "feed.atom").is_file()


def test_the_places_command_takes_the_same_options(new: Path, call: Call) -> None:
    """They change nothing there, but scripts may name the site everywhere."""
    plain = call("places", "show", "kz-almaty", "--json").out
    assert call("--site", new, "places", "show", "kz-almaty", "--json").out == plain
    assert call("places", "show", "kz-almaty", "--json", "--site", new).out == plain


def test_the_data_folder_can_be_set_in_the_environment(new: Path, tmp_path: Path) -> None:
    """The option counts more."""
    done = run("build", site=new, env={"FEEDER_DATA": str(tmp_path / "a")})
    assert (done.returncode, (tmp_path / "a" / "feeder.db").is_file()) == (0, True)
    done = run("build", "--data", tmp_path / "b", site=new, env={"FEEDER_DATA": str(tmp_path / "c")})
    assert (done.returncode, (tmp_path / "b" / "feeder.db").is_file()) == (0, True)
    assert not (tmp_path / "c").exists()
    assert not (new / "data").exists()


def test_a_store_that_is_damaged_is_told_in_one_line(new: Path, call: Call) -> None:
    """No traceback of a database library."""
    (new / "data").mkdir()
    file(new / "data", "feeder.db", "this is not a database, however long one looks at it\n" * 100)
    for command in (("build",), ("digest", "--week", "2026-W46", "--to", "to"), ("explain", "welcome")):
        done = call("--site", new, *command)
        assert (done.code, done.out) == (1, ""), command
        assert "store" in done.one_line


def test_migrate_says_where_the_store_is(new: Path, call: Call) -> None:
    """A new store is at the newest version at once; to say so twice does no harm."""
    said = call("migrate", "--site", new)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("The store is at version ")
    assert call("migrate", "--site", new) == said


def test_a_data_folder_that_cannot_be_is_told_in_one_line(new: Path, call: Call) -> None:
    """A file stands in its place; or the system refuses."""
    for data in (new / "feeder.toml", Path("/proc/nothing/here")):
        done = call("build", "--site", new, "--data", data)
        assert (done.code, done.out) == (1, "")
        assert done.one_line.startswith("feeder: ")


# --- feeder init ---------------------------------------------------------------------------------


def test_a_new_site_is_complete(tmp_path: Path, call: Call) -> None:
    """Configuration, one story in three languages, and git told what not to keep; the next command is on stdout."""
    done = call("init", "my site/deep")
    assert (done.code, done.out) == (0, "feeder --site 'my site/deep' serve\n")
    assert sorted(tree(tmp_path / "my site" / "deep")) == [
        ".gitignore",
        *(f"articles/welcome.{locale}.md" for locale in LOCALES),
        "feeder.toml",
    ]
    assert "data/\n" in (tmp_path / "my site" / "deep" / ".gitignore").read_text(encoding="utf-8")


def test_a_new_site_builds_at_once_without_a_complaint(new: Path, call: Call) -> None:
    """Its story is one story, whole in every language, published today, and needs no label."""
    done = call("build", "--strict", "--site", new, "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json["articles"]["added"] == 3
    for locale in LOCALES:
        found = call("explain", new / "articles" / f"welcome.{locale}.md", "--json").json
        assert (found["story"], found["language"], found["problems"]) == ("welcome", locale, [])
        assert found["published"].startswith(site.now().astimezone(init.ZONE).date().isoformat())
        assert found["entries"][locale]["label"] is None
        assert [place["id"] for place in found["places"]] == ["kz-almaty"]


def test_the_story_of_a_new_site_is_of_the_day_it_was_made() -> None:
    """The day is passed in; no other clock gets into the texts."""
    made = dict(init.files(date(2024, 3, 1), "en"))
    for locale in LOCALES:
        text = made[Path(f"articles/welcome.{locale}.md")]
        assert "\npublished: 2024-03-01\n" in text
        assert "`2024-03-01-" in text
        assert "{day}" not in text


def test_a_site_that_is_there_is_left_alone(new: Path, call: Call) -> None:
    """One line, exit code 1, not a byte changed."""
    before = tree(new)
    done = call("init", "new")
    assert (done.code, done.out) == (1, "")
    assert done.one_line == "feeder: new/feeder.toml is there already; choose another folder for a new site"
    assert tree(new) == before


def test_a_new_site_overwrites_nothing_in_a_folder_with_files(tmp_path: Path, call: Call) -> None:
    """Somebody's .gitignore and articles stay, and that is said."""
    (tmp_path / "mine").mkdir()
    file(tmp_path / "mine", ".gitignore", "*.bak\n")
    done = call("init", "mine")
    assert done.code == 0
    assert "mine/.gitignore is there already" in done.err
    assert (tmp_path / "mine" / ".gitignore").read_text(encoding="utf-8") == "*.bak\n"


def test_a_new_site_where_none_can_be_is_told_in_one_line(tmp_path: Path, call: Call) -> None:
    """A file of that name."""
    file(tmp_path, "taken", "")
    done = call("init", "taken")
    assert (done.code, done.one_line.startswith("feeder: taken")) == (1, True)


# --- feeder build --------------------------------------------------------------------------------


def test_build_prints_its_counts_as_json() -> None:
    """The names of the contract; results on stdout, trouble on stderr."""
    done = run("build", "--json", site=built())
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found == {
        "articles": {"added": 0, "changed": 0, "same": 13, "removed": 0, "quarantined": 0},
        "files": {"written": 0, "unchanged": found["files"]["unchanged"], "removed": 0},
        "quarantine": [],
        "failed": [],
    }


def test_a_second_build_writes_nothing_and_says_so(new: Path, call: Call) -> None:
    """Not a byte, not a time."""
    assert call("build", "--site", new).out.startswith("3 articles (3 added); files in ")
    before = tree(new / "data" / "public")
    done = call("build", "--site", new)
    assert done.out.startswith("Nothing changed: 3 articles, ")
    assert tree(new / "data" / "public") == before


def test_one_bad_article_is_told_and_hides_nothing(new: Path, call: Call) -> None:
    """File, line, field and reason; only --strict makes it an error."""
    file(new / "articles", "bad.en.md", "---\ntitle: Bad\npublished: someday\n---\n\nText.\n")
    done = call("build", "--site", new, "--json")
    assert done.code == 0
    assert done.json["articles"]["quarantined"] == 1
    (one,) = done.json["quarantine"]
    assert (one["path"], one["line"], one["field"]) == ("bad.en.md", 3, "published")
    assert "someday" in one["reason"]
    assert done.one_line.startswith("articles/bad.en.md:3: published: ")
    assert (new / "data" / "public" / "en" / "stories" / "welcome" / "index.html").is_file()
    assert call("build", "--site", new, "--strict").code == 1


def test_a_source_that_fails_is_told_and_the_rest_goes_on(new: Path, call: Call) -> None:
    """Exit code 0, and 1 with --strict."""
    with (new / "feeder.toml").open("a", encoding="utf-8") as config:
        config.write('\n[[sources]]\npath = "nowhere"\n')
    text = (new / "feeder.toml").read_text(encoding="utf-8")
    assert text.count("\n[[sources]]") == 2
    done = call("build", "--site", new, "--json")
    assert (done.code, len(done.json["failed"])) == (0, 1)
    assert "nowhere" in done.one_line
    assert done.json["articles"]["added"] == 3
    assert call("build", "--site", new, "--strict").code == 1


# --- feeder digest -------------------------------------------------------------------------------


def test_a_preview_writes_nine_files_and_changes_nothing_else(tmp_path: Path) -> None:
    """Neither on a site never built, whose data folder stays absent, nor on one that is."""
    site_ = sample(tmp_path)
    for prepared in (False, True):
        if prepared:
            assert run("build", site=site_).returncode == 0
        before, to = tree(site_), tmp_path / f"to-{prepared}"
        done = run("digest", "--week", "2026-W46", "--to", to, site=site_)
        assert (done.returncode, done.stderr) == (0, "")
        names = [f"{locale}.{suffix}" for locale in LOCALES for suffix in ("eml", "html", "txt")]
        assert sorted(tree(to)) == names
        assert sorted(done.stdout.split()) == sorted(str(to / name) for name in names)
        assert tree(site_) == before
        assert (site_ / "data").exists() == prepared
    for name in names:
        assert (tmp_path / "to-False" / name).read_bytes() == (tmp_path / "to-True" / name).read_bytes()
    message = message_from_bytes((to / "kk.eml").read_bytes(), policy=policy.default)
    body = message.get_body(("html",))
    assert body is not None
    assert body.get_content().split() == (to / "kk.html").read_text(encoding="utf-8").split()


def test_a_digest_is_made_once_and_kept(tmp_path: Path) -> None:
    """The outbox gets one message for each language; the second time says that nothing was made."""
    site_ = sample(tmp_path)
    first = run("digest", "--week", "2026-W46", site=site_)
    assert (first.returncode, first.stderr) == (0, "")
    assert sorted(tree(site_ / "data" / "outbox")) == [f"2026-W46-{locale}.eml" for locale in LOCALES]
    assert len(first.stdout.splitlines()) == 3
    second = run("digest", "--week", "2026-W46", site=site_)
    assert second.stderr == "Week 2026-W46 had been compiled before; its issue was kept as it is.\n"
    assert second.stdout == first.stdout


def test_without_a_week_the_digest_is_of_the_last_that_is_over(
    new: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Monday at one minute past midnight, in the site's zone, the week before is over."""
    for now, week in (("2026-11-15T18:59+00:00", "2026-W45"), ("2026-11-15T19:01+00:00", "2026-W46")):
        monkeypatch.setattr(site, "now", functools.partial(datetime.fromisoformat, now))
        assert f"week {week}" in call("digest", "--site", new, "--to", new / "to").err


def test_an_empty_week_makes_no_issue_and_says_why(new: Path, call: Call) -> None:
    """That is no failure."""
    done = call("digest", "--week", "2020-W01", "--to", new / "to", "--site", new)
    assert (done.code, done.out) == (0, "")
    assert done.one_line.startswith("No issue for week 2020-W01: 1 story: ")
    assert not (new / "to").exists()


def test_a_preview_into_a_file_is_told_in_one_line(tmp_path: Path) -> None:
    """The path that could not be written stands in it."""
    to = file(tmp_path, "taken", "")
    done = run("digest", "--week", "2026-W46", "--to", to, site=built())
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(to) in done.stderr


# --- feeder explain ------------------------------------------------------------------------------

FIELDS = {
    "path", "story", "language", "title", "deck", "publisher", "authors", "dateline", "published", "first_seen",
    "updated", "event_date", "caption", "paragraphs", "notices", "related", "dropped", "places", "problems", "entries",
    "feeds", "issues",
}  # fmt: skip


def test_explain_tells_of_a_file_what_the_contract_promises(tmp_path: Path) -> None:
    """Any file, in a site or not, built or not; nothing changes."""
    site_ = sample(tmp_path)
    before = tree(site_)
    for path in (site_ / "articles" / f"{STORY}.kk.md", SEEDS / "articles" / f"{STORY}.kk.md"):
        done = run("explain", path, "--json", cwd=tmp_path)
        found = json.loads(done.stdout)
        assert done.returncode == 0
        assert set(found) >= FIELDS
        assert found["language"] == "kk"
        assert set(found["entries"]) == set(LOCALES)
        assert {"title", "language", "label", "dateline", "date", "places", "url"} <= set(found["entries"]["kk"])
        assert all({"id", "mentions", "names"} <= set(place) for place in found["places"])
    assert tree(site_) == before


def test_explain_tells_of_a_story_in_the_store() -> None:
    """Every version of it, for people too."""
    found = json.loads(run("explain", STORY, "--json", site=built()).stdout)
    assert found["story"] == STORY
    assert [one["language"] for one in found["articles"]] == ["en", "kk", "ru"]
    text = run("explain", STORY, site=built()).stdout
    assert "kk/feed.atom" in text
    assert "\x1b" not in text  # no colours in a pipe


def test_explain_of_a_file_that_cannot_be_read_is_an_account_too(tmp_path: Path, call: Call) -> None:
    """Quarantined or no article at all: the object with its problem, exit code 0."""
    for name in ("bad.en.md", "photo.bin"):
        path = file(tmp_path, name, "---\ntitle: Bad\npublished: someday\n---\n")
        done = call("explain", path, "--json")
        assert done.code == 0
        assert set(done.json) >= FIELDS
        assert len(done.json["problems"]) == 1


def test_explain_of_nothing_is_told_in_one_line(call: Call) -> None:
    """Neither a file nor a story, with a store and without."""
    without = call("explain", "no-such.md")
    assert (without.code, without.out) == (1, "")
    assert "no-such.md" in without.one_line
    with_store = call("explain", "no-such.md", "--site", built())
    assert (with_store.code, with_store.out) == (1, "")
    assert "no-such.md" in with_store.one_line


# --- feeder places -------------------------------------------------------------------------------

PLACE = {"id", "kind", "country", "latitude", "longitude", "names"}


def test_places_are_listed(call: Call) -> None:
    """For people a line each; for programs the object of the contract."""
    found = call("places", "list", "--json").json
    assert all(set(one) == PLACE and set(one["names"]) == set(LOCALES) for one in found)
    almaty = next(one for one in found if one["id"] == "kz-almaty")
    assert almaty["names"] == {"en": "Almaty", "kk": "Алматы", "ru": "Алматы"}
    lines = call("places", "list").out.splitlines()
    assert len(lines) == len(found) > 200
    assert any(text.split() == ["kz-almaty", "Almaty", "·", "Алматы", "·", "Алматы"] for text in lines)


def test_a_place_is_shown_with_the_names_of_a_day(call: Call) -> None:
    """Astana was Nur-Sultan from March 2019 to September 2022."""
    now = call("places", "show", "kz-astana", "--json").json
    assert set(now) == PLACE | {"former", "variants"}
    assert now["names"] == {"en": "Astana", "kk": "Астана", "ru": "Астана"}
    then = call("places", "show", "kz-astana", "--on", "2021-03-15", "--json").json
    assert then["names"]["kk"] == "Нұр-Сұлтан"
    assert any("Нұр-Сұлтан" in one["names"].values() for one in now["former"])
    assert "Нұр-Сұлтан" in call("places", "show", "kz-astana", "--on", "2021-03-15").out


def test_a_place_that_is_not_there_is_told_in_one_line(call: Call) -> None:
    """With the command that lists those that are."""
    done = call("places", "show", "kz-nowhere")
    assert (done.code, done.out) == (1, "")
    assert "kz-nowhere" in done.one_line


def test_places_are_found_line_by_line(call: Call) -> None:
    """One JSON list for each line, with code points as offsets; also for an empty line and the last without an end."""
    text = "Алматыда және Шыңжаңда 🙂 болды\r\n\nБұл жерде ештеңе жоқ.\nАлматы"
    done = call("places", "find", "--lang", "kz", "--json", stdin=text.encode())
    rows = [json.loads(row) for row in done.out.splitlines()]
    assert [[one["id"] for one in row] for row in rows] == [["kz-almaty", "cn-xinjiang"], [], [], ["kz-almaty"]]
    first = text.splitlines()[0]
    for one in rows[0]:
        assert set(one) == {"id", "start", "end", "surface", "kind"}
        assert first[one["start"] : one["end"]] == one["surface"]
    assert call("places", "find", "--lang", "kk", stdin=text.encode()).out.splitlines()[2] == "-"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"", []),
        (b"\n", [[]]),
        (b"\n\n\r\n", [[], [], []]),
        ("в Алматы".encode(), [[("Алматы", 2)]]),
        ("в Алматы\r\nв Астане\r\n".encode(), [[("Алматы", 2)], [("Астане", 2)]]),
        ("\ufeffАлматы\n\ufeffАстана\n".encode(), [[("Алматы", 0)], [("Астана", 1)]]),
        ("\ufeff".encode(), [[]]),
        (b"\xff\xfe " + "в Оше\nв Шымкенте\n".encode(), [[("Оше", 5)], [("Шымкенте", 2)]]),
        ("в Алматы\x00\x0b\u2028в Астане\n".encode(), [[("Алматы", 2), ("Астане", 13)]]),
    ],
    ids=[
        "nothing",
        "one",
        "empty lines",
        "no last end",
        "CRLF",
        "BOM",
        "BOM alone",
        "invalid UTF-8",
        "other line ends",
    ],
)
def test_odd_text_has_one_list_for_each_line(call: Call, text: bytes, found: list[list[tuple[str, int]]]) -> None:
    """A line ends with LF or CRLF; offsets count from its start, after the byte order mark of the whole; bytes that are
    no UTF-8 are one character each and hide nothing else."""
    done = call("places", "find", "--lang", "ru", "--json", stdin=text)
    rows = [json.loads(row) for row in done.out.split("\n")[:-1]]
    assert done.code == 0
    assert [[(one["surface"], one["start"]) for one in row] for row in rows] == found
    plain = call("places", "find", "--lang", "ru", stdin=text).out.split("\n")[:-1]
    assert len(plain) == len(found)


def test_text_in_another_encoding_finds_nothing_and_breaks_nothing(call: Call) -> None:
    """windows-1251 on stdin is not UTF-8."""
    done = call("places", "find", "--lang", "ru", "--json", stdin="в Алматы\n".encode("cp1251"))
    assert (done.code, done.json) == (0, [])


# --- terminals, pipes, letters -------------------------------------------------------------------


def in_terminal(*args: str | Path, **env: str) -> str:
    """What a command writes to a terminal on stderr; its stdout goes elsewhere."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        line(*args), stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, env=environment(**{"TERM": "xterm", **env})
    ) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:
            pass  # Linux says so when the other side is closed
        os.close(ours)
    assert process.returncode == 0, said
    return said.decode("utf-8")


def test_progress_is_shown_on_a_terminal_and_wiped_at_the_end(new: Path) -> None:
    """A bar for reading and one for publishing, no line left behind."""
    said = in_terminal("--site", new, "build")
    assert "reading    [" in said
    assert "publishing [" in said
    assert "█" * 30 in said
    assert said.endswith("\r\x1b[K")
    assert "\n" not in said


def test_progress_survives_a_build_that_only_removes(new: Path, call: Call) -> None:
    """Nothing to read is no division by zero."""
    assert call("build", "--site", new).code == 0
    (new / "articles" / "welcome.ru.md").unlink()
    assert "Traceback" not in in_terminal("--site", new, "build")


def test_progress_is_not_shown_elsewhere(new: Path) -> None:
    """Neither in a pipe nor on a terminal that cannot redraw a line."""
    assert in_terminal("--site", new, "build", TERM="dumb") == ""
    assert run("build", site=new).stderr == ""


def test_a_bar_without_unicode_is_drawn_with_other_signs(new: Path) -> None:
    """An old terminal shows a bar too."""
    said = in_terminal("--site", new, "build", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert "#" * 30 in said


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONUTF8": ""},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
        {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1251"},
    ],
)
def test_kazakh_letters_break_no_command_whatever_the_locale(env: dict[str, str]) -> None:
    """A console without them gets their numbers, which JSON understands."""
    done = subprocess.run(
        line("places", "show", "cn-xinjiang", "--json"), env=environment(**env), capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    encoding = env.get("PYTHONIOENCODING", "utf-8")
    assert json.loads(done.stdout.decode(encoding))["names"]["kk"] == "Шыңжаң"


def test_a_reader_of_the_output_may_leave_early() -> None:
    """`feeder places list | head -1` says nothing on stderr."""
    shell = f"{shlex.join(line('places', 'list', '--json'))} | head -1"
    done = subprocess.run(
        ["/bin/bash", "-c", shell], env=environment(), capture_output=True, encoding="utf-8", timeout=60
    )
    assert (done.stdout, done.stderr) == ("[\n", "")


# --- start-up ------------------------------------------------------------------------------------


def imported(*args: str | Path) -> set[str]:
    """The packages a command loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *line(*args)[1:]],
        env=environment(),
        input="",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return {text.rpartition("|")[2].strip() for text in done.stderr.splitlines() if text.startswith("import time:")}


HEAVY = {"sqlalchemy", "alembic", "apscheduler", "uvicorn", "starlette", "jinja2", "lxml.etree", "feedgen", "asyncio"}


def test_version_loads_nothing_but_the_command_line() -> None:
    """It answers before one has looked up."""
    loaded = imported("--version")
    assert {name for name in loaded if name.startswith("feeder.")} == {
        "feeder.cli",
        "feeder.errors",
        "feeder.__main__",
    } & loaded
    assert not loaded & (HEAVY | {"babel", "yaml", "msgspec", "importlib.metadata"})


@pytest.mark.parametrize("args", [("places", "list"), ("places", "find", "--lang", "kk"), ("--help",)])
def test_the_gazetteer_needs_no_database_and_no_templates(args: tuple[str, ...]) -> None:
    """Only what a command needs is loaded."""
    assert not imported(*args) & HEAVY


def test_a_build_loads_no_server_and_no_scheduler() -> None:
    """Nor the migrations, when the store is up to date."""
    assert not imported("--site", built(), "build") & {"alembic", "apscheduler", "uvicorn", "starlette"}


def test_explain_loads_only_what_its_file_needs() -> None:
    """For Markdown not what reads saved web pages."""
    loaded = imported("--site", built(), "explain", SEEDS / "articles" / f"{STORY}.kk.md")
    assert not loaded & {"alembic", "apscheduler", "uvicorn", "starlette", "trafilatura"}


# --- retract ---


def test_retract_takes_a_story_back_at_once_and_undo_gives_it_back(call: Call, new: Path) -> None:
    assert call("build", "--site", new).code == 0
    page = new / "data/public/kk/stories" / "welcome" / "index.html"
    before = page.read_bytes()
    done = call("retract", "welcome", "--reason", "The place was wrong.", "--site", new)
    assert (done.code, done.out) == (0, "welcome: retracted.\n")
    assert "The place was wrong." in page.read_text(encoding="utf-8")
    assert page.with_name("410.html").exists()
    done = call("retract", "welcome", "--undo", "--site", new)
    assert (done.code, done.out) == (0, "welcome: no longer retracted.\n")
    assert page.read_bytes() == before
    assert not page.with_name("410.html").exists()


@pytest.mark.parametrize("options", [(), ("--reason", " "), ("--reason", "Wrong.", "--undo")])
def test_retract_wants_a_reason_or_undo(call: Call, new: Path, options: tuple[str, ...]) -> None:
    done = call("retract", "welcome", *options, "--site", new)
    assert done.code == 2
    assert "Give a --reason TEXT, or --undo." in done.err


def test_retract_of_an_unknown_story_says_which_is_meant(call: Call, new: Path) -> None:
    call("build", "--site", new)
    done = call("retract", "wellcome", "--reason", "Wrong.", "--site", new)
    assert done.code == 1
    assert done.one_line.endswith("is 'welcome' meant?")


def test_explaining_an_article_of_no_site_loads_no_database_and_no_templates(tmp_path: Path) -> None:
    """There is no store to open, and no page to make."""
    path = file(tmp_path, "note.en.md", "---\ntitle: A note\n---\nIt rained in Almaty on February 3, 2019.\n")
    assert not imported("explain", path) & {"sqlalchemy", "jinja2", "feedgen", "asyncio"}

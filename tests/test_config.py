"""feeder.toml and FEEDER_*: every key, every mistake in one line that names it, and the guide that cannot drift."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import config
from feeder.config import Config
from feeder.errors import ConfigError

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "configuration.md"
FEED = 'base_url = "https://a.example"\n[[sources]]\nkind = "feed"\nurl = "https://b.example/f"\n'
LEAST = 'base_url = "https://news.example.org"\n[[sources]]\npath = "articles"\n'


def parse(more: str = "", environ: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None) -> Config:
    """The least configuration with `more` in front, so that it may hold keys of the top."""
    return config.parse(f"{more}\n{LEAST}", environ or {}, lambda path: (secrets or {})[path])


def failure(more: str = "", environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(more, environ)
    message = str(caught.value)
    assert "\n" not in message
    return message


def wrong(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.parse(text, {}, str)
    return str(caught.value)


def test_an_address_and_a_source_are_enough() -> None:
    made = parse()
    assert made.languages == ("en", "kk", "ru")
    assert made.zone.key == "Asia/Almaty"
    assert made.host == "news.example.org"
    assert (made.feeds.window, made.feeds.formats, made.digest.schedule) == (50, ("atom", "rss", "json"), "mon 08:00")


def test_the_sample_site_s_configuration_holds() -> None:
    made = config.parse((ROOT / "seeds" / "feeder.toml").read_text(encoding="utf-8"), {}, str)
    assert [source.path for source in made.sources] == ["articles"]


def test_a_mark_at_the_start_and_windows_line_ends_do_no_harm() -> None:
    assert config.parse("\ufeff" + LEAST.replace("\n", "\r\n"), {}, str) == parse()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'base_url' is missing; write where the site will be read"),
        ('base_url = "https://a.example"', "'sources' is missing; name at least one folder"),
        ('base_url = "https://a.example"\nsources = []', "sources is empty"),
        ("base_url = ", "not valid TOML"),
        ('base_url = "https://a.example"\n[[sources]]\n', "has no path"),
        ('base_url = "https://a.example"\n[[sources]]\nkind = "page"\npath = "a"', "'page' is not supported"),
        (
            'base_url = "https://a.example"\n[[sources]]\nurl = "x"\npath = "a"',
            "sources[0].url is the address of a feed; write kind",
        ),
        ('base_url = "https://a.example"\n[[sources]]\nname = "A"\npath = "a"', "sources[0].name is for feeds"),
        (
            'base_url = "https://a.example"\n[[sources]]\nfull_text = true\npath = "a"',
            "sources[0].full_text is for feeds",
        ),
        ('base_url = "https://a.example"\n[[sources]]\nkind = "feed"', "sources[0] is a feed; give it either url"),
        (FEED + 'path = "a"', "sources[0] is a feed; give it either url"),
        (FEED + "every = 5", "sources[0].every is 5; it must be at least 60"),
        (FEED + 'allow_hosts = ["http://a"]', "sources[0].allow_hosts has 'http://a'; write a host with its port"),
        (
            FEED + '[[sources]]\nkind = "feed"\nurl = "https://b.example/f"',
            "two [[sources]] have the url 'https://b.example/f'",
        ),
        (FEED.replace("https://b", "ftp://b"), "sources[0].url is not an address of the web"),
        (FEED.replace("b.example", "{b}"), "sources[0].url is not an address of the web"),
        (FEED.replace("b.example", "u:p@b.example"), "sources[0].url holds a name and a password"),
        (
            FEED.replace("b.example", "b.example:8080"),
            'has the port 8080; if that is meant, write allow_hosts = ["b.example:8080"]',
        ),
        ('base_url = "https://a.example"\nsources = "articles"', "sources is text in quotes; write a list"),
        (LEAST + '[[sources]]\npath = "articles"', "two [[sources]] have the path 'articles'"),
    ],
)
def test_what_is_missing_is_named_with_the_way_out(text: str, says: str) -> None:
    assert says in wrong(text)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('titel = "A"', "titel is not a key that feeder knows; is 'title' meant?"),
        ("xyz = 1", "xyz is not a key that feeder knows; remove it"),
        ("[digest]\nshedule = 'mon 08:00'", "digest.shedule is not a key that feeder knows; is 'schedule' meant?"),
        ("[pages]\nmpa = true", "pages.mpa is not a key"),
        ("[feeds]\nwindow = '50'", "feeds.window is text in quotes; write a whole number"),
        ("[feeds]\nplaces = 1", "feeds.places is a whole number; write true or false"),
        ("[feeds]\nwindow = 0", "feeds.window is 0; it must be at least 1"),
        (
            "[feeds]\nformats = ['atom', 'rdf']",
            "feeds.formats is ['atom', 'rdf']; choose each once from atom, rss, json",
        ),
        ("[feeds]\nformats = ['rss']", 'feeds.formats must hold "atom"'),
        ("[feeds]\nhub = 'hub.example.org'", "feeds.hub is 'hub.example.org'; write the address of a WebSub hub"),
        ("[digest]\nwindow = -1", "digest.window is -1"),
        ("[schedule]\nbuild_every = 0", "schedule.build_every is 0"),
        ("digest = 5", "digest is a whole number; write a table"),
        ("title = 5", "title is a whole number; write text in quotes or a table"),
        ("title = {de = 'A'}", "title.de is not a language"),
        ("fallback = {kk = ['xx']}", "fallback.kk is ['xx']; choose each once from en, kk, ru"),
        ("fallback = {kz = ['ru']}", "fallback.kz is not a language"),
        ("languages = []", "languages is empty"),
        ("languages = ['kz']", "languages is ['kz']; choose each once from en, kk, ru"),
        ("languages = ['kk', 'kk']", "choose each once"),
        ("timezone = 'Almaty'", "timezone 'Almaty' is unknown; write one like 'Asia/Almaty'"),
        ("timezone = 'Asia'", "timezone 'Asia' is unknown"),
        ("timezone = '../etc/passwd'", "is unknown"),
        ("timezone = ''", "is unknown"),
        ("tag_authority = 'https://a.example'", "tag_authority is 'https://a.example'; write a domain"),
        ("[mail]\nsender = 'nobody'", "mail.sender is 'nobody'; write an address"),
        ('[mail]\nsender = "A <a@example.org>\\r\\nBcc: b@example.org"', "mail.sender is"),
        ("[mail]\nreply_to = 'a@b'", "mail.reply_to is"),
        ("[storage]\ndatabase_url = 'mysql://x'", "storage.database_url must begin with sqlite:/// or postgresql://"),
        ("[storage]\noutput = 's3://bucket'", "storage.output is 's3://bucket'; name a folder"),
        ("[storage]\noutput = ''", "storage.output is ''"),
    ],
)
def test_a_wrong_value_is_named_with_the_way_out(more: str, says: str) -> None:
    if more.startswith("["):
        text = f"{LEAST}{more}"
        assert says in wrong(text)
    else:
        assert says in failure(more)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://news.example.org/", "https://news.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://example.org/news/", "https://example.org/news"),
    ],
)
def test_the_address_of_the_site_loses_its_last_slash(url: str, kept: str) -> None:
    assert parse(environ={"FEEDER_BASE_URL": url}).base_url == kept


@pytest.mark.parametrize(
    "url",
    ["news.example.org", "ftp://a.example", "https://", "https:///x", "https://a.example?x", "https://a.example#x", "https://[",
     "https://a.example:port", "https://user:secret@a.example", "https://a b.example"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert failure(environ={"FEEDER_BASE_URL": url}).startswith("FEEDER_BASE_URL is ")


@pytest.mark.parametrize(
    "url",
    ["https://hub.example.org", "http://127.0.0.1:8080/hub", "https://[::1]/", "https://hub.example.org/a/?b=c%20d"],
)
def test_a_hub_is_kept_to_the_letter(url: str) -> None:
    """Its address is part of every feed."""
    assert parse(environ={"FEEDER_FEEDS_HUB": url}).feeds.hub == url


@pytest.mark.parametrize(
    "url",
    ["hub.example.org", "ftp://a.example", "file:///etc/passwd", "https://", "https:///x", "https://[", "https://a.example:port",
     "https://user:secret@a.example", "https://a.example/#x", 'https://a.example/">', "https://a.example/\r\nX: y",
     "https://a.example/ x", "https://хаб.example/", "https://a.example/%zz", "https://a.example/\n"],
)  # fmt: skip
def test_a_hub_that_cannot_be_or_should_not_be_seen_is_refused(url: str) -> None:
    """Its address stands in a header and is told to everyone."""
    assert failure(environ={"FEEDER_FEEDS_HUB": url}).startswith("FEEDER_FEEDS_HUB is ")


def test_an_address_in_other_letters_is_given_in_ascii() -> None:
    assert "write the host as xn--" in failure(environ={"FEEDER_BASE_URL": "https://алматы.example"})


@pytest.mark.parametrize(
    ("text", "found"),
    [("mon 08:00", ("mon", 8, 0)), ("Monday 8:05", ("mon", 8, 5)), (" SUN  23:59 ", ("sun", 23, 59))],
)
def test_a_schedule_is_a_day_name_and_a_time(text: str, found: tuple[str, int, int]) -> None:
    assert config.schedule(text) == found


@pytest.mark.parametrize(
    "text", ["1 08:00", "0 9 * * 1", "monkey 08:00", "mon", "mon 24:00", "mon 8", "mon 08:60", "", "пн 08:00"]
)
def test_numbers_for_days_are_refused(text: str) -> None:
    """Programs disagree on them: 1 is Monday for one and Tuesday for another."""
    assert failure(environ={"FEEDER_DIGEST_SCHEDULE": text or "x"}).startswith("FEEDER_DIGEST_SCHEDULE is ")


# --- the environment ---


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("FEEDER_TIMEZONE", "Asia/Oral", "timezone", "Asia/Oral"),
        ("FEEDER_LANGUAGES", "kk, ru", "languages", ("kk", "ru")),
        ("FEEDER_TITLE", "One for all", "title", "One for all"),
        ("FEEDER_FEEDS_WINDOW", "20", "feeds.window", 20),
        ("FEEDER_FEEDS_FORMATS", "atom,json", "feeds.formats", ("atom", "json")),
        ("FEEDER_FEEDS_FULL_TEXT", "no", "feeds.full_text", False),
        ("FEEDER_FEEDS_HUB", "https://hub.example.org/", "feeds.hub", "https://hub.example.org/"),
        ("FEEDER_FEEDS_PING", "false", "feeds.ping", False),
        ("FEEDER_PAGES_STORIES", "0", "pages.stories", False),
        ("FEEDER_DIGEST_SCHEDULE", "fri 18:30", "digest.schedule", "fri 18:30"),
        ("FEEDER_MAIL_SENDER", "Sample <a@example.org>", "mail.sender", "Sample <a@example.org>"),
        (
            "FEEDER_STORAGE_DATABASE_URL",
            "postgresql://db.example/x",
            "storage.database_url",
            "postgresql://db.example/x",
        ),
        ("FEEDER_SCHEDULE_BUILD_EVERY", "5", "schedule.build_every", 5),
        ("FEEDER_FALLBACK_KK", "ru", "fallback", {"kk": ("ru",)}),
    ],
)
def test_a_variable_goes_over_the_file(name: str, value: str, path: str, expected: Any) -> None:
    made: Any = parse(environ={name: value})
    for part in path.split("."):
        made = getattr(made, part)
    assert made == expected


def test_old_time_zone_data_is_refused_at_the_start(tmp_path: Path) -> None:
    """Dhaka kept the clock that Almaty would have without the law of 2024."""
    (tmp_path / "Asia").mkdir()
    old = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Dhaka").read_bytes()
    (tmp_path / "Asia" / "Almaty").write_bytes(old)
    path = zoneinfo.TZPATH
    try:
        zoneinfo.reset_tzpath([str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()
        assert "time zone data is older than 2024a" in failure()
    finally:
        zoneinfo.reset_tzpath(path)
        zoneinfo.ZoneInfo.clear_cache()


def test_one_language_of_a_text_can_be_set() -> None:
    environ = {"FEEDER_TITLE_KK": "Үлгі"}
    assert parse('title = {en = "Sample", kk = "x"}', environ).title == {"en": "Sample", "kk": "Үлгі"}
    assert parse('title = "Sample"', environ).title == {"en": "Sample", "kk": "Үлгі", "ru": "Sample"}


def test_a_secret_comes_from_a_file_unless_it_is_given() -> None:
    name, url = "FEEDER_STORAGE_DATABASE_URL", "postgresql://user:secret@db.example/x"
    environ = {f"{name}_FILE": "/run/secrets/db"}
    assert parse(environ=environ, secrets={"/run/secrets/db": f"{url}\n"}).storage.database_url == url
    assert parse(environ={**environ, name: "sqlite:///a.db"}).storage.database_url == "sqlite:///a.db"


def test_a_password_is_in_no_message() -> None:
    assert "secret" not in failure(environ={"FEEDER_STORAGE_DATABASE_URL": "mysql://user:secret@db.example"})


def test_an_empty_variable_is_none_and_others_are_not_ours() -> None:
    assert parse(environ={"FEEDER_BASE_URL": "", "FEEDER_PORT": "tcp://10.0.0.1", "FEEDERS": "x"}) == parse()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FEEDER_FEEDS_WINDOW", "many", "write a whole number"),
        ("FEEDER_FEEDS_WINDOW", "0", "must be at least 1"),
        ("FEEDER_FEEDS_PLACES", "perhaps", "write true or false"),
        ("FEEDER_LANGUAGES", "de", "choose each once"),
        ("FEEDER_TIMEZONE", "Nowhere", "is unknown"),
        ("FEEDER_FALLBACK_KK", "xx", "choose each once"),
        ("FEEDER_MAIL_SENDER", "nobody", "write an address"),
    ],
)
def test_a_wrong_variable_is_named_as_such(name: str, value: str, says: str) -> None:
    message = failure(environ={name: value})
    assert message.startswith(name)
    assert says in message


def test_a_variable_for_a_table_that_is_none_is_refused() -> None:
    assert "'digest' is no table" in failure("digest = 5", {"FEEDER_DIGEST_WINDOW": "3"})


words = st.text(alphabet="ab1 .:/@", max_size=8)
tables = st.dictionaries(st.sampled_from(["en", "kk", "window", "xx"]), st.integers() | st.just("kk"), max_size=2)
toml_values = (
    st.integers() | st.booleans() | words | st.lists(st.text(alphabet="enkru", max_size=2), max_size=3) | tables
)
TOP = sorted(get_type_hints(Config))


@given(st.dictionaries(st.sampled_from([*TOP, "unknown"]), toml_values, max_size=4))
def test_any_values_give_a_configuration_or_one_clear_line(values: dict[str, Any]) -> None:
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    message = ""
    try:
        config.parse("\n".join(lines), {"FEEDER_BASE_URL": "https://a.example"}, str)
    except ConfigError as error:
        message = str(error)
    assert "\n" not in message
    assert "`" not in message  # no words of the library


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return msgspec.json.encode(value).decode()


def test_texts_fall_to_the_first_that_is_given() -> None:
    assert config.localized("A", "kk") == "A"
    assert config.localized({"en": "A", "ru": "Б"}, "ru") == "Б"
    assert config.localized({"en": "A"}, "kk") == "A"
    assert config.localized({}, "kk") == ""


def test_a_path_is_relative_to_its_folder_or_absolute(tmp_path: Path) -> None:
    assert config.absolute("articles", tmp_path) == tmp_path / "articles"
    assert config.absolute("/srv/articles", tmp_path) == Path("/srv/articles")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[topics.'Human rights']\nen = 'A'", "name it in small Latin letters"),
        ("[topics.a]\nde = 'A'", "topics.de is not a key that feeder knows"),
        (
            "[topics.a]\ntags = ['x']\n[topics.b]\ntags = ['X']",
            "topics.b.tags has 'X', and so has topics.a; remove one",
        ),
    ],
)
def test_a_wrong_topic_is_named(table: str, message: str) -> None:
    text = f'base_url = "https://a.example"\nsources = [{{path = "articles"}}]\n{table}\n'
    with pytest.raises(ConfigError, match=re.escape(message)):
        config.parse(text, {}, str)


def test_a_topic_has_the_labels_that_were_given() -> None:
    text = 'base_url = "https://a.example"\nsources = [{path = "articles"}]\n[topics.a]\nkk = "Ә"\n'
    assert config.parse(text, {}, str).topics["a"].labels == {"kk": "Ә"}

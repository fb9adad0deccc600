"""The page about what is kept says all of it: a column without words fails here."""

from __future__ import annotations

from pathlib import Path

import pytest
from doors import LOCALES
from walk import build, newsroom

from feeder import resources
from feeder.jobs import privacy as job
from feeder.pages import privacy
from feeder.store import open_store, tables

SOURCE = (resources.folder("templates") / "pages" / "privacy.html.j2").read_text(encoding="utf-8")


def test_every_column_about_a_person_is_told() -> None:
    """Who adds one to these tables adds a sentence for readers."""
    assert privacy.unsaid(SOURCE, job.columns()) == []


def test_the_page_tells_of_nothing_that_is_not_there() -> None:
    """A column that is gone takes its words along."""
    named = set(privacy._COLUMN.findall(SOURCE))
    assert named <= set(job.columns())


def test_a_column_without_words_is_found() -> None:
    """The check itself can fail."""
    assert privacy.unsaid(SOURCE, (*job.columns(), "subscriber.shoe_size")) == ["subscriber.shoe_size"]


def test_every_table_that_refers_to_a_subscriber_is_on_the_page() -> None:
    """A table that is added later, too."""
    referring = {
        table.name
        for table in tables.metadata.tables.values()
        if table.name == "subscriber" or any(key.column.table.name == "subscriber" for key in table.foreign_keys)
    }
    assert referring | {"suppressed", "rate"} == {table.name for table in job.TABLES}


def pages(folder: Path, **settings: str) -> dict[str, str]:
    """The privacy page of each language."""
    room = newsroom(folder, None, **settings)
    store = open_store(room.database_url)
    build(store, room)
    store.close()
    return {locale: (room.output / locale / "privacy" / "index.html").read_text("utf-8") for locale in LOCALES}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pages(tmp_path_factory.mktemp("plain"))


def test_the_page_is_published_in_every_language(plain: dict[str, str]) -> None:
    """Each in its own words, with whom to write to."""
    for locale, word in (("en", "not encrypted"), ("kk", "шифрланбаған"), ("ru", "не зашифрован")):
        assert word in plain[locale]
        assert "digest@news.example.org" in plain[locale]
        assert f'<html lang="{locale}">' in plain[locale]


def test_the_page_follows_the_settings(plain: dict[str, str], tmp_path: Path) -> None:
    """Encryption, days to confirm, bounces, the address to write to."""
    other = pages(
        tmp_path,
        subscribers_key="k" * 40,
        subscribers_encrypt="true",
        subscribers_keep_pending="21",
        mail_bounces="returned",
        mail_reply_to="Desk <desk@example.org>",
    )
    assert "It is encrypted" in other["en"]
    assert "after 7 days" in plain["en"]
    assert "after 21 days" in other["en"]
    assert "через 21 день" in other["ru"]
    assert "are not read here" in plain["en"]
    assert "are not read here" not in other["en"]
    assert "desk@example.org" in other["kk"]


def test_a_site_that_takes_no_subscribers_has_no_link_to_the_form(tmp_path: Path) -> None:
    """Hosted by others as plain files, or by the operator's wish."""
    room = newsroom(tmp_path, subscribers_open="false")
    store = open_store(room.database_url)
    build(store, room)
    store.close()
    found = [path for path in room.output.rglob("*.html") if "/subscribe" in path.read_text(encoding="utf-8")]
    assert found == []
    assert "/subscribe" in (pages(tmp_path / "open")["kk"])

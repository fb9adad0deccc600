"""A week has one issue in each language, made once; no story is told in two weeks."""

from __future__ import annotations

import email
import email.policy
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from walk import NOW, article, build, bytes_of, newsroom, silent, times_of, write

from feeder.errors import FeederError
from feeder.jobs import compile as digests
from feeder.jobs.compile import Compiled
from feeder.jobs.ingest import ingest
from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.store import Store, entries, issues, runs

W46 = Week(2026, 46)
LOCALES = ("en", "kk", "ru")


def compile_week(store: Store, room: Newsroom, week: Week = W46, now: datetime = NOW) -> Compiled:
    return digests.compile_week(store, room, week, now)


@pytest.fixture
def desk(tmp_path: Path) -> Newsroom:
    """A story in each of two weeks."""
    return newsroom(
        tmp_path / "desk",
        {
            "first.en.md": article("First", published="2026-11-11"),
            "first.kk.md": article("Бірінші", published="2026-11-11"),
            "second.ru.md": article("Второй", published="2026-11-18"),
        },
    )


def test_the_digest_of_the_sample_week_tells_the_same_stories_in_three_languages(store: Store, room: Newsroom) -> None:
    build(store, room)
    compiled = compile_week(store, room)
    assert compiled.new
    with store.read() as connection:
        every = {story for story, _ in entries.heads(connection)}
    assert len(every) == 5
    assert {locale: set(one.stories) for locale, one in compiled.issues.items()} == dict.fromkeys(LOCALES, every)
    assert len({one.stories for one in compiled.issues.values()}) == 1
    assert {one.id for one in compiled.issues.values()} == {"2026-W46-en", "2026-W46-kk", "2026-W46-ru"}
    assert compiled.selection.left_out == {}


def test_compiling_again_keeps_the_issue(store: Store, desk: Newsroom) -> None:
    """Whatever was written since; the selection says what would be told now, the issues what was."""
    build(store, desk)
    first = compile_week(store, desk)
    write(desk.folder / "articles" / "first.kk.md", article("Өзгерді", published="2026-11-11"))
    write(desk.folder / "articles" / "late.kk.md", article("Кеш", published="2026-11-12"))
    build(store, desk, later=1)
    again = compile_week(store, desk, now=NOW + timedelta(hours=1))
    assert (again.new, again.issues) == (False, first.issues)


def test_a_language_that_is_added_later_gets_the_issue_too(store: Store, desk: Newsroom) -> None:
    only = newsroom(desk.folder, languages="en,kk")
    build(store, only)
    first = compile_week(store, only)
    build(store, desk, later=1)
    again = compile_week(store, desk)
    assert again.new
    assert {locale: again.issues[locale] for locale in first.issues} == first.issues
    assert again.issues.keys() == {"en", "kk", "ru"}


def test_a_story_that_was_told_is_not_told_in_the_next_week(store: Store, desk: Newsroom) -> None:
    """Though the window is two weeks wide."""
    build(store, desk)
    assert compile_week(store, desk).issues["kk"].stories == ("first",)
    following = compile_week(store, desk, Week(2026, 47))
    assert following.issues["kk"].stories == ("second",)
    assert following.selection.left_out["first"] == "was in an earlier issue"


def test_a_week_compiled_late_does_not_repeat_a_later_one(store: Store, desk: Newsroom) -> None:
    """An operator may make up for a missed week."""
    build(store, desk)
    assert compile_week(store, desk, Week(2026, 47)).issues["kk"].stories == ("first", "second")
    assert compile_week(store, desk).issues == {}


def test_an_empty_week_makes_nothing_and_says_why(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    empty = compile_week(store, desk, Week(2026, 40))
    assert (empty.issues, empty.new) == ({}, False)
    assert empty.selection.left_out == {
        "first": "was published after the end of week 2026-W40",
        "second": "was published after the end of week 2026-W40",
    }
    with store.read() as connection:
        assert issues.all_issues(connection) == []


def record(store: Store, week: Week = W46) -> tuple[str, str] | None:
    with store.read() as connection:
        return next(((one.state, one.why) for one in runs.of(connection, "digest") if one.slot == str(week)), None)


def test_why_a_week_was_empty_is_kept(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    compile_week(store, desk, Week(2026, 40))
    assert record(store, Week(2026, 40)) == ("empty", "2 stories: was published after the end of week 2026-W40")


def test_a_week_that_was_empty_can_still_be_told(store: Store, desk: Newsroom) -> None:
    compile_week(store, desk)
    assert record(store) == ("empty", "there are no stories yet")
    build(store, desk)
    assert compile_week(store, desk).new
    assert record(store) == ("done", "")


SEEDS = Path(__file__).parents[1] / "seeds" / "articles" / "images"


def test_the_lead_s_picture_travels_in_the_message_when_the_site_wants_it(store: Store, desk: Newsroom) -> None:
    """As it is published, without metadata; never larger than 400 kB."""
    shutil.copy(SEEDS / "framed-photographs.png", desk.folder / "articles" / "a.png")
    lead = article("First", published="2026-11-11", image="a.png", image_alt="Photographs in frames")
    write(desk.folder / "articles" / "first.en.md", lead)
    room = newsroom(desk.folder, digest_images="attached")
    build(store, room)
    for week, later in ((W46, 0), (Week(2026, 47), 7)):
        made = compile_week(store, room, week, NOW + timedelta(days=later)).issues["en"]
        assert len(made.attached) == (week == W46), "the lead of the next week has no picture"
    with store.read() as connection:
        kept = issues.of_week(connection, W46)["en"]
    (picture,) = kept.attached
    assert picture.data in bytes_of(room.output).values()
    message = email.message_from_bytes(digests.to_message(room, kept), policy=email.policy.default)
    (part,) = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert part["Content-ID"] == f"<{picture.cid}>"
    assert part.get_content() == picture.data
    assert 'alt="Photographs in frames"' in kept.html


def test_without_that_wish_no_message_has_a_picture(store: Store, desk: Newsroom) -> None:
    shutil.copy(SEEDS / "framed-photographs.png", desk.folder / "articles" / "a.png")
    write(desk.folder / "articles" / "first.en.md", article("First", published="2026-11-11", image="a.png"))
    build(store, desk)
    assert compile_week(store, desk).issues["en"].attached == ()


@pytest.mark.parametrize("name", ["older.kk.md", "older.txt"])
def test_a_pinned_story_leads_the_issue_that_tells_it(store: Store, desk: Newsroom, name: str) -> None:
    """Pinned in one of its files, or in the side file of a saved page."""
    if name.endswith(".txt"):
        write(desk.folder / "articles/older.txt", "Older\n\nA sentence that is long enough to be one of a story.\n")
        write(desk.folder / "articles/older.toml", 'title = "Older"\npublished = 2026-11-10\npinned = true\n')
    else:
        write(desk.folder / "articles" / name, article("Ескі", published="2026-11-10", pinned="true"))
        write(desk.folder / "articles/older.en.md", article("Older", published="2026-11-10"))
    build(store, desk)
    assert compile_week(store, desk).issues["ru"].stories == ("older", "first")
    assert compile_week(store, desk, Week(2026, 47)).issues["ru"].stories == ("second",)


def test_a_language_without_stories_has_no_issue_and_no_link_to_one(store: Store, desk: Newsroom) -> None:
    """Where the configuration shows readers nothing but their own language."""
    toml = (desk.folder / "feeder.toml").read_text(encoding="utf-8")
    write(desk.folder / "feeder.toml", f"fallback = {{en = [], kk = [], ru = []}}\n{toml}")
    room = newsroom(desk.folder)
    build(store, room)
    compiled = compile_week(store, room)
    assert compiled.issues.keys() == {"en", "kk"}
    build(store, room)
    assert (room.output / "en/digest/2026-W46/index.html").exists()
    page = (room.output / "en/digest/2026-W46/index.html").read_text(encoding="utf-8")
    assert "kk/digest/2026-W46" in page
    assert "ru/digest/2026-W46" not in page


def test_two_that_compile_a_week_at_once_make_one_issue(store: Store, desk: Newsroom) -> None:
    """Also of articles that were just read, whose ids are minted here and now."""
    ingest(store, desk.sources, desk.site.zone, now=NOW, progress=silent)
    gate = threading.Barrier(4)

    def compile_at_once(_: int) -> Compiled:
        gate.wait(10)
        return compile_week(store, desk)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(compile_at_once, range(4)))
    assert sorted(one.new for one in made) == [False, False, False, True]
    assert all(one.issues == made[0].issues for one in made)


def test_the_issue_is_published_and_listed_by_the_next_build(store: Store, desk: Newsroom) -> None:
    """Only its page and the archive are written."""
    build(store, desk)
    before = times_of(desk.output)
    compile_week(store, desk)
    built = build(store, desk, later=1)
    now = times_of(desk.output)
    assert {name for name in now if now[name] != before.get(name)} == {
        *(f"{locale}/digest/2026-W46/index.html" for locale in LOCALES),
        *(f"{locale}/digest/index.html" for locale in LOCALES),
    }
    assert built.files.written == 6
    assert "2026-W46" in (desk.output / "kk/digest/index.html").read_text(encoding="utf-8")


def test_compiling_mints_the_ids_of_what_was_not_published_yet(store: Store, desk: Newsroom) -> None:
    """An article read a moment ago is told, and later published, under one id."""
    build(store, replace_output(desk))
    write(desk.folder / "articles" / "third.en.md", article("Third", published="2026-11-13"))
    build(store, desk, later=1)
    compile_week(store, desk)
    assert build(store, desk, later=2).articles.same == 4


def replace_output(room: Newsroom) -> Newsroom:
    return newsroom(room.folder, storage_output="elsewhere")


def test_the_outbox_is_its_owners_alone(store: Store, room: Newsroom) -> None:
    """A message for each language that a mail program can open."""
    build(store, room)
    names = digests.fill_outbox(room, compile_week(store, room))
    assert names == ["2026-W46-en.eml", "2026-W46-kk.eml", "2026-W46-ru.eml"]
    assert room.outbox.stat().st_mode & 0o777 == 0o700
    for name in names:
        path = room.outbox / name
        assert path.stat().st_mode & 0o777 == 0o600
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_the_same_week_gives_the_same_messages(store: Store, room: Newsroom) -> None:
    """A run that was killed before the outbox was full is repeated without harm."""
    build(store, room)
    digests.fill_outbox(room, compile_week(store, room))
    before = bytes_of(room.outbox)
    digests.fill_outbox(room, compile_week(store, room, now=NOW + timedelta(days=3)))
    assert bytes_of(room.outbox) == before


def test_an_outbox_that_cannot_be_made_is_one_line(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    write(desk.outbox, "a file")
    with pytest.raises(FeederError, match="outbox"):
        digests.fill_outbox(desk, compile_week(store, desk))

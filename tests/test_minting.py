"""Ids outlive every change; `updated` moves with the content alone; an address is never given away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.articles.stories import minting
from feeder.articles.stories.minting import Heads, Redirect
from feeder.model import EntryHead, Site, Story, Version

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOCALES = ("en", "kk", "ru")
SITE = Site(
    base_url="https://news.example.org",
    locales=LOCALES,
    zone=ZoneInfo("Asia/Almaty"),
    titles=dict.fromkeys(LOCALES, "Sample"),
    descriptions=dict.fromkeys(LOCALES, ""),
    fallback={"en": ("en", "ru", "kk"), "kk": ("kk", "ru", "en"), "ru": ("ru", "en", "kk")},
)
#: tag:authority,date:specific with the characters that RFC 4151 and RFC 3986 allow
_TAG = re.compile(
    r"tag:([A-Za-z0-9.@_-]|%[0-9A-F]{2})+,\d{4}(-\d\d){0,2}:([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*"
)


def version(language: str = "en", content: str = "1", **changes: object) -> Version:
    plain = Version(
        language=language, source="articles", key=f"picket.{language}.md", slug="", content_hash=f"{language}-{content}",
        row_hash="", published=NOW, updated=None, first_seen=NOW, changed_at=None, media=(),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # the names are Version's own


def story(key: str = "picket", *versions: Version) -> Story:
    own = versions or (version(),)
    return Story(key=key, versions={one.language: one for one in own}, places=())


@dataclass
class Memory:
    """What a store would remember between builds."""

    known: Heads = field(default_factory=dict)
    redirects: set[Redirect] = field(default_factory=set)

    def mint(self, *stories: Story, site: Site = SITE, authority: str = "news.example.org") -> Heads:
        ordered = sorted(stories, key=lambda one: one.key)
        made = minting.mint(ordered, self.known, site, authority, sorted(self.redirects))
        self.redirects |= set(minting.left(self.known, made))
        self.known = {**self.known, **made}
        return made


def only(made: Heads, locale: str = "en") -> EntryHead:
    return made["picket", locale]


# --- ids ---


@pytest.mark.parametrize(
    ("changed", "site"),
    [
        (version(content="new title and text"), SITE),
        (version(slug="a-better-address"), SITE),
        (version(published=NOW - 24 * HOUR, updated=NOW + HOUR), SITE),
        (version(source="moved", key="moved/picket.en.md"), SITE),
        (version(), replace(SITE, base_url="https://moved.example.net/news")),
        (version(), replace(SITE, base_url="http://news.example.org")),
        (version(), replace(SITE, locales=("kk", "en"))),
    ],
    ids=["content", "slug", "dates", "file", "domain", "scheme", "languages"],
)
def test_an_id_stays_whatever_changes(changed: Version, site: Site) -> None:
    memory = Memory()
    before = only(memory.mint(story("picket", version())))
    after = only(memory.mint(story("picket", changed), site=site))
    assert after.uid == before.uid == "tag:news.example.org,2026:stories/picket/en"


def test_a_story_that_comes_back_has_its_old_ids() -> None:
    memory = Memory()
    before = memory.mint(story())
    memory.mint()
    assert memory.mint(story(), authority="moved.example.net") == before


def test_two_stores_built_from_the_same_articles_agree() -> None:
    """One read everything at once, the other a file a day."""
    stories = [story(key, version("en"), version("kk")) for key in ("picket", "vigil", "қазақша", "a/b")]
    daily = Memory()
    for one in reversed(stories):
        daily.mint(replace(one, versions={"kk": one.versions["kk"]}))
    for one in stories:
        daily.mint(one)
    at_once = Memory().mint(*stories)
    assert {key: (head.uid, head.slug) for key, head in daily.known.items()} == {
        key: (head.uid, head.slug) for key, head in at_once.items()
    }


@given(
    authority=st.sampled_from(["news.example.org", "редакция.қаз", "desk@news.example.org", "a..b", "[::1]", "x y"]),
    parts=st.lists(st.text(min_size=1).filter(lambda text: text.isprintable() or "\n" in text), min_size=1, max_size=3),
)
def test_every_id_is_a_tag_uri_of_plain_ascii(authority: str, parts: list[str]) -> None:
    """RFC 4151; a reader or a database may refuse anything else."""
    try:
        "".join(parts).encode()
    except UnicodeEncodeError:
        return  # no text that a file could hold
    made = minting.tag_uri(authority, *parts)
    assert _TAG.fullmatch(made), made


def test_the_authority_of_an_international_domain_is_its_dns_name() -> None:
    assert minting.tag_uri("қаз.example.org", "a") == "tag:xn--80ao21a.example.org,2026:a"


# --- translations ---


def test_a_translation_that_arrives_later_takes_over_the_labelled_entry() -> None:
    """The same id, and an `updated` that readers notice."""
    memory = Memory()
    before = only(memory.mint(story("picket", version("en"))), "kk")
    assert before.language == "en"
    kk = version("kk", published=NOW, first_seen=NOW + 5 * HOUR)
    after = only(memory.mint(story("picket", version("en"), kk)), "kk")
    assert (after.language, after.uid) == ("kk", before.uid)
    assert after.updated == NOW + 5 * HOUR > before.updated


def test_a_translation_that_goes_gives_the_entry_back() -> None:
    """Its readers get the labelled text again, as an update."""
    memory = Memory()
    before = only(memory.mint(story("picket", version("en"), version("kk"))), "kk")
    after = only(memory.mint(story("picket", version("en"))), "kk")
    assert (after.language, after.uid) == ("en", before.uid)
    assert after.updated > before.updated


def test_the_best_language_of_the_order_is_shown_and_none_when_there_is_none() -> None:
    site = replace(SITE, fallback={"en": ("en",), "kk": ("kk", "ru", "en"), "ru": ("ru", "en")})
    made = Memory().mint(story("picket", version("ru"), version("kk")), site=site)
    assert {locale: head.language for (_, locale), head in made.items()} == {"kk": "kk", "ru": "ru"}


# --- dates ---


def test_unchanged_content_keeps_its_date() -> None:
    """Also when the file was touched, moved, or given another slug."""
    memory = Memory()
    before = only(memory.mint(story()))
    touched = version(slug="other", row_hash="other", first_seen=NOW + 9 * HOUR)
    assert only(memory.mint(story("picket", touched))).updated == before.updated


def test_changed_content_is_dated_as_the_editor_says_or_else_when_it_was_seen() -> None:
    memory = Memory()
    memory.mint(story())
    stated = version(content="2", updated=NOW + HOUR, changed_at=NOW + 2 * HOUR)
    assert only(memory.mint(story("picket", stated))).updated == NOW + HOUR
    silent = version(content="3", updated=NOW + HOUR, changed_at=NOW + 3 * HOUR)
    assert only(memory.mint(story("picket", silent))).updated == NOW + 3 * HOUR


def test_a_change_is_later_even_when_the_clock_went_back() -> None:
    memory = Memory()
    memory.mint(story("picket", version(updated=NOW + 9 * HOUR)))
    after = only(memory.mint(story("picket", version(content="2", updated=NOW + 9 * HOUR, changed_at=NOW))))
    assert after.updated == NOW + 9 * HOUR + timedelta(seconds=1)


def test_an_article_without_a_date_is_published_when_it_was_first_seen_and_stays_so() -> None:
    """Restored from a backup or moved to another folder it is seen again, and is not news again."""
    memory = Memory()
    first = only(memory.mint(story("picket", version(published=None))))
    again = only(memory.mint(story("picket", version(published=None, first_seen=NOW + 99 * HOUR))))
    assert first.published == again.published == NOW
    dated = version("kk", published=NOW - 24 * HOUR)
    sister = only(memory.mint(story("picket", version(published=None), dated)))
    assert sister.published == NOW - 24 * HOUR


_times = st.integers(0, 6).map(lambda hours: NOW + hours * HOUR)
_versions = st.builds(
    version,
    language=st.sampled_from(LOCALES),
    content=st.sampled_from("123"),
    slug=st.sampled_from(["", "x", "other"]),
    published=st.none() | _times,
    updated=st.none() | _times,
    first_seen=_times,
    changed_at=st.none() | _times,
)
_states = st.lists(
    st.lists(_versions, min_size=1, max_size=3, unique_by=lambda one: one.language), min_size=1, max_size=5
)


@given(_states)
def test_whatever_happens_to_a_story_its_date_moves_with_the_content_and_never_back(
    states: Sequence[Sequence[Version]],
) -> None:
    memory = Memory()
    for state in states:
        before = dict(memory.known)
        made = memory.mint(story("picket", *state))
        for key, head in made.items():
            shown = next(one for one in state if one.language == head.language)
            assert head.updated >= head.published
            old = before.get(key)
            if old is None:
                continue
            assert head.uid == old.uid
            assert head.updated >= old.updated
            if head.content_hash != old.content_hash:
                assert head.updated > old.updated
            elif head.updated > old.updated:  # only the editor's own dates move it then
                assert head.updated in (shown.updated, head.published)


# --- addresses ---

_KEYS = ["x", "X", "x y", "2026/x", "2026-x", "ә", "я", "!", "?", "a" * 90, "a" * 95]
_MARKED = [head.slug for key in _KEYS for head in minting.mint([story(key)], {}, SITE, "a").values()]
_slugs = st.sampled_from(["", "x", "2026-x", *_MARKED, "x-2d711642", "x-2d711642-2"])
_sites = st.dictionaries(st.sampled_from(_KEYS), _slugs, max_size=6)


def stories(wishes: dict[str, str]) -> Iterable[Story]:
    return (story(key, version(slug=slug)) for key, slug in wishes.items())


@given(st.lists(_sites, min_size=1, max_size=5))
def test_addresses_are_unique_and_no_story_gets_one_that_was_anothers(days: list[dict[str, str]]) -> None:
    """Whatever editors wish, day after day: an address that was ever published leads to its story for good."""
    memory = Memory()
    owners: dict[tuple[str, str], str] = {}
    for wishes in days:
        made = memory.mint(*stories(wishes))
        assert len({(head.locale, head.slug) for head in made.values()}) == len(made)
        for head in made.values():
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", head.slug), head.slug
            assert owners.setdefault((head.locale, head.slug), head.story) == head.story
        current = {(head.locale, head.slug): head.story for head in memory.known.values()}
        gone = {(locale, slug): key for locale, slug, key in memory.redirects}
        assert owners == {**gone, **current}


@given(st.lists(_sites, min_size=1, max_size=3))
def test_minting_what_was_minted_changes_nothing(days: list[dict[str, str]]) -> None:
    """So a second build has nothing to do."""
    memory = Memory()
    for wishes in days:
        made = memory.mint(*stories(wishes))
    before = set(memory.redirects)
    assert memory.mint(*stories(wishes)) == made
    assert memory.redirects == before


def test_two_stories_that_swap_their_slugs_keep_their_old_addresses() -> None:
    memory = Memory()
    memory.mint(story("a", version(slug="one")), story("b", version(slug="two")))
    made = memory.mint(story("a", version(slug="two")), story("b", version(slug="one")))
    assert made["a", "en"].slug.startswith("two-")
    assert made["b", "en"].slug.startswith("one-")
    assert {("en", "one", "a"), ("en", "two", "b")} <= memory.redirects


def test_a_slug_that_goes_back_is_no_new_address() -> None:
    memory = Memory()
    for slug in ("one", "two", "one"):
        made = memory.mint(story("picket", version(slug=slug)))
    assert only(made).slug == "one"


def test_stories_of_one_day_are_updated_a_second_apart_and_keep_that() -> None:
    """Articles that state only a day share a moment; a feed whose entries do is warned about by validators."""
    memory = Memory()
    first = memory.mint(story("a"), story("b"), story("c"))
    for locale in LOCALES:
        moments = [first[key, locale].updated - NOW for key in "abc"]
        assert moments == [timedelta(seconds=number) for number in range(3)]
    again = memory.mint(story("0"), story("a"), story("b"), story("c"))
    assert {key: again[key] for key in first} == first
    assert again["0", "en"].updated == NOW + timedelta(seconds=3)

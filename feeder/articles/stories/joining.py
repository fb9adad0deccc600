"""Which stories are one: the same report from two sources, translations that link to each other. Pure.

    join(heads, order, memory) -> Joined
    duplicates(heads, order) -> pairs      what is claimed twice and is not the same report

1. The same address in the same language is the same page. An address that one source gave to different texts is a
   section's or a habit, and says nothing.
2. A page that links to its translation is one story with it, unless others of its language claim the same one.
3. The same title and near-equal text, published within three days, by different sources (or by different publishers,
   in one folder) is one story. The same publisher does not print a story twice: there the two stay apart.
4. What was joined stays joined until both title and text differ: a new headline in one place is no new story.

The editor's word goes over all: different `story:` keys in one source are never joined, in two sources only by address.
Nothing is joined that would hide an article behind another one of the same source and language.

A story is shown under the key that it was first shown under. Memory keeps that also when the article is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import NamedTuple

from feeder.articles.stories import sketches
from feeder.model import Language, StoryKey

WINDOW = timedelta(days=3)
_AKIN = 0.5  #: of the text, for what was joined before

Memory = Mapping[StoryKey, StoryKey]  #: a story, and the one it was joined into; that may have been joined in its turn


class Name(NamedTuple):
    """Which article."""

    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the decision needs to know of an article."""

    name: Name
    story: StoryKey
    stated: bool  #: the editor chose `story`, it is not the file's name
    language: Language
    publisher: str
    page: str  #: see `traces.Trace`, as title, sketch and alternates
    title: str
    sketch: bytes
    alternates: tuple[tuple[Language, str], ...]
    published: datetime | None
    first_seen: datetime

    @property
    def moment(self) -> datetime:
        return self.published or self.first_seen

    @property
    def host(self) -> str:
        return self.page.partition("/")[0].partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What was decided about the stories of the heads."""

    stories: Mapping[StoryKey, Mapping[Language, tuple[Name, ...]]] = field(default_factory=dict)
    """Under the key that is shown: of each language the article shown, then those that are credited."""
    into: Mapping[StoryKey, StoryKey] = field(
        default_factory=dict
    )  #: each story of the heads -> the one it is shown as
    memory: Memory = field(default_factory=dict)  #: to be kept

    def shown_as(self, story: StoryKey) -> StoryKey:
        """The key under which a story is shown, also of one that is gone."""
        return _root(self.memory, story)


Order = Mapping[str, int]  #: of each source its place in the configuration
Rank = tuple[datetime, int, StoryKey]


def join(heads: Iterable[Head], order: Order, memory: Memory) -> Joined:
    """Decide about all stories of `heads`, which must be complete: every article of each of them.

    The order of the heads does not matter. Of equals the one seen first counts, then the first source, then the key.
    """
    ordered = sorted(heads, key=lambda head: head.name)
    groups = _Groups(ordered)
    _by_page(ordered, groups)
    _by_alternates(ordered, groups)
    _by_memory(groups, memory)
    _by_text(ordered, groups)
    ranks = _ranks(ordered, order)
    names = _named(groups.members(), ranks, memory)
    return Joined(
        stories={
            name: _versions(groups.stories, stories, name, ranks, order) for name, stories in sorted(names.items())
        },
        into={story: name for name, stories in names.items() for story in stories},
        memory=_remembered(names, memory),
    )


# --- evidence -------------------------------------------------------------------------------------


def _by_page(heads: Sequence[Head], groups: _Groups) -> None:
    for same in _grouped(heads, lambda head: (head.language, head.page) if head.page else None):
        if not _is_section(same):
            for one, other in combinations(same, 2):
                groups.unite(one.story, other.story, by_address=True)


def _is_section(same: Sequence[Head]) -> bool:
    """Whether an address stands with different texts in one source."""
    first: dict[str, Head] = {}
    for head in same:
        known = first.setdefault(head.name.source, head)
        if known.story != head.story and not sketches.same_text(known.sketch, head.sketch):
            return True
    return False


def _by_alternates(heads: Sequence[Head], groups: _Groups) -> None:
    pages: dict[tuple[Language, str], list[Head]] = defaultdict(list)
    for head in heads:
        pages[head.language, head.page].append(head)
    claims: dict[tuple[Language, str, Language], set[StoryKey]] = defaultdict(set)
    for head in heads:
        for language, page in head.alternates:
            if language != head.language and (language, page) in pages:
                claims[language, page, head.language].add(groups.of(head.story))
    for (language, page, _), claimants in sorted(claims.items()):
        targets = {groups.of(head.story) for head in pages[language, page]}
        if len(claimants) == len(targets) == 1:
            groups.unite(claimants.pop(), targets.pop(), by_address=True)


def _by_memory(groups: _Groups, memory: Memory) -> None:
    """What was one stays one, as long as something is still alike."""
    together: dict[StoryKey, list[StoryKey]] = defaultdict(list)
    for story in sorted(groups.stories):
        together[_root(memory, story)].append(story)
    for stories in together.values():
        for one, other in combinations(stories, 2):
            if any(_akin(*pair) for pair in product(groups.stories[one], groups.stories[other])):
                groups.unite(one, other)


def _akin(one: Head, other: Head) -> bool:
    if one.language != other.language:
        return False
    return (bool(one.title) and one.title == other.title) or sketches.overlap(one.sketch, other.sketch) >= _AKIN


def _by_text(heads: Sequence[Head], groups: _Groups) -> None:
    """The closest texts first, so that each of two daily reports finds its own twin and not the other's."""
    found = []
    for same in _grouped(heads, lambda head: (head.language, head.title) if head.title else None):
        for one, other in _near_in_time(same):
            if one.story != other.story and not _one_desk(one, other) and sketches.same_text(one.sketch, other.sketch):
                close = sketches.overlap(one.sketch, other.sketch)
                pair = sorted(((one.name, one.story), (other.name, other.story)))
                found.append((-close, abs(one.moment - other.moment), pair))
    for *_, ((_, story), (_, twin)) in sorted(found):
        groups.unite(story, twin)


def _near_in_time(heads: Sequence[Head]) -> Iterator[tuple[Head, Head]]:
    ordered = sorted(heads, key=lambda head: (head.moment, head.name))
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.moment - one.moment > WINDOW:
                break
            yield one, other


def _one_desk(one: Head, other: Head) -> bool:
    """Whether two articles have one publisher: within a source, unless names or else addresses tell two apart."""
    if one.name.source != other.name.source:
        return False
    if one.publisher and other.publisher:
        return one.publisher == other.publisher
    return not (one.page and other.page) or one.host == other.host


def _grouped(heads: Iterable[Head], key: Callable[[Head], tuple[str, str] | None]) -> Iterator[list[Head]]:
    """The heads that share a key, where there are several."""
    found: dict[tuple[str, str], list[Head]] = defaultdict(list)
    for head in heads:
        if value := key(head):
            found[value].append(head)
    yield from (same for _, same in sorted(found.items()) if len(same) > 1)


class _Groups:
    """Stories that are one, as found so far."""

    def __init__(self, heads: Iterable[Head]) -> None:
        self.stories = _by_story(heads)
        self._group = {story: story for story in self.stories}
        self._members = {story: [story] for story in self.stories}

    def of(self, story: StoryKey) -> StoryKey:
        """A name of the group."""
        return self._group[story]

    def members(self) -> list[list[StoryKey]]:
        return [sorted(stories) for _, stories in sorted(self._members.items())]

    def heads(self, group: StoryKey) -> list[Head]:
        return [head for story in self._members[group] for head in self.stories[story]]

    def unite(self, one: StoryKey, other: StoryKey, *, by_address: bool = False) -> None:
        """Make two groups one, unless the editor's word or another article is against it."""
        first, second = sorted((self.of(one), self.of(other)))
        if first == second or not self._may(first, second, by_address):
            return
        moved = self._members.pop(second)
        self._members[first] += moved
        self._group.update(dict.fromkeys(moved, first))

    def _may(self, first: StoryKey, second: StoryKey, by_address: bool) -> bool:
        return not any(
            _told_apart(*pair, by_address) or _hides(*pair)
            for pair in product(self.heads(first), self.heads(second))
        )  # fmt: skip


def _told_apart(one: Head, other: Head, by_address: bool) -> bool:
    """Whether the editor gave the two different keys."""
    differ = one.stated and other.stated and one.story != other.story
    return differ and (one.name.source == other.name.source or not by_address)


def _hides(one: Head, other: Head) -> bool:
    """Whether one source has two texts for one language: then they are two stories."""
    if one.language != other.language or not _one_desk(one, other):
        return False
    return not (one.page and one.page == other.page and sketches.same_text(one.sketch, other.sketch))


# --- names ----------------------------------------------------------------------------------------


def _ranks(heads: Iterable[Head], order: Order) -> dict[StoryKey, Rank]:
    """Of each story when it was first seen, then where: the smallest goes first."""
    found: dict[StoryKey, Rank] = {}
    for head in heads:
        rank = (head.first_seen, order.get(head.name.source, len(order)), head.story)
        found[head.story] = min(found.get(head.story, rank), rank)
    return found


def _named(
    groups: Sequence[list[StoryKey]], ranks: Mapping[StoryKey, Rank], memory: Memory
) -> dict[StoryKey, list[StoryKey]]:
    """Each group under the key that it is shown under: the one it had, else that of its first story."""
    group_of = {story: number for number, stories in enumerate(groups) for story in stories}
    wishes: list[tuple[Rank, int, StoryKey]] = []
    for number, stories in enumerate(groups):
        for story in stories:
            root = _root(memory, story)
            if group_of.get(root, number) == number:  # a story that is there is shown in its own group
                wishes.append((ranks[story], number, root))
    named: dict[int, StoryKey] = {}
    taken: set[StoryKey] = set()
    for _, number, root in sorted(wishes):
        if number not in named and root not in taken:
            named[number] = root
            taken.add(root)
    own = {number: min(stories, key=ranks.__getitem__) for number, stories in enumerate(groups)}
    return {named.get(number, own[number]): stories for number, stories in enumerate(groups)}


def _root(memory: Memory, story: StoryKey) -> StoryKey:
    while story in memory:
        story = memory[story]
    return story


def _remembered(names: Mapping[StoryKey, Sequence[StoryKey]], memory: Memory) -> dict[StoryKey, StoryKey]:
    """The memory after this decision: where every story goes that was joined now or before."""
    kept, there = dict(memory), {story for stories in names.values() for story in stories}
    for name, stories in names.items():
        lost = {_root(memory, story) for story in stories} - there - names.keys()
        kept.update(dict.fromkeys((*stories, *sorted(lost)), name))
    for name in names:
        kept.pop(name, None)
    return kept


# --- what is shown --------------------------------------------------------------------------------


def _versions(
    heads: Mapping[StoryKey, Sequence[Head]],
    stories: Sequence[StoryKey],
    name: StoryKey,
    ranks: Mapping[StoryKey, Rank],
    order: Order,
) -> dict[Language, tuple[Name, ...]]:
    """Of each language the article shown and those credited: the story's own first."""
    found: dict[Language, list[Name]] = defaultdict(list)
    for story in sorted(stories, key=lambda story: (story != name, ranks[story])):
        for language, (first, *rest) in _claims(heads[story], order):
            found[language] += [first.name, *(head.name for head in rest if _is_twin(first, head))]
    return {language: tuple(names) for language, names in sorted(found.items())}


def duplicates(heads: Iterable[Head], order: Order) -> Iterator[tuple[Head, Head]]:
    """Articles that claim a story and language another one already has, and are not the same report; that one is second."""
    for _, same in sorted(_by_story(heads).items()):
        for _, (first, *rest) in _claims(same, order):
            yield from ((head, first) for head in rest if not _is_twin(first, head))


def _by_story(heads: Iterable[Head]) -> dict[StoryKey, list[Head]]:
    found: dict[StoryKey, list[Head]] = defaultdict(list)
    for head in heads:
        found[head.story].append(head)
    return found


def _claims(same: Iterable[Head], order: Order) -> Iterator[tuple[Language, list[Head]]]:
    """Of each language the articles with one key: the first source's first, then by path."""
    found: dict[Language, list[Head]] = defaultdict(list)
    for head in sorted(same, key=lambda head: (order.get(head.name.source, len(order)), head.name)):
        found[head.language].append(head)
    yield from sorted(found.items())


def _is_twin(one: Head, other: Head) -> bool:
    """Whether two articles with the same key and language are the same report, from two sources."""
    if one.name.source == other.name.source:
        return False
    if one.page and one.page == other.page:
        return True
    near = abs(one.moment - other.moment) <= WINDOW and bool(one.title) and one.title == other.title
    return near and sketches.same_text(one.sketch, other.sketch)

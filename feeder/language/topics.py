"""Topics: what the tags of stories mean, whichever way they are spelled, and what a topic is called in each language.

`topics.tsv` knows the topics of the news; a site adds its own. A tag that names a place of its story is that place in
every language. Any other tag is a topic of its own, called as editors write it.
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from feeder import markup
from feeder.language import folding, locales
from feeder.language.places import Gazetteer
from feeder.model import Language, Locale, NamedTopic, PlaceId, Topic, TopicKey

FILE = Path(__file__).with_name("topics.tsv")

_ALPHABETS = ("LATIN", "CYRILLIC")  #: whose letters a slug can say


class Vocabulary:
    """Topics that are known before anyone writes of them. A later one with the same key adds to the earlier."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._labels: dict[TopicKey, dict[Locale, str]] = {}
        self._keys: dict[str, TopicKey] = {}
        for topic in topics:
            self._labels.setdefault(topic.key, {}).update(topic.labels)
            for text in (topic.key, *topic.labels.values(), *topic.tags):
                self._keys[folding.key(text)] = topic.key

    def find(self, tag: str) -> TopicKey | None:
        """The topic that a tag means, in any language and spelling."""
        return self._keys.get(folding.key(tag))

    def labels(self, key: TopicKey) -> Mapping[Locale, str]:
        """What a topic is called; {} when it is none of these."""
        return self._labels.get(key, {})


class Topics:
    """The topics of some stories: which tags mean one, and what it is called."""

    def __init__(self, vocabulary: Vocabulary, gazetteer: Gazetteer) -> None:
        self._vocabulary, self._gazetteer = vocabulary, gazetteer
        self._find = functools.cache(vocabulary.find)  # the same few tags stand in thousands of stories
        self._places: dict[TopicKey, PlaceId] = {}
        self._written: dict[TopicKey, Counter[tuple[Language, str]]] = {}
        self._own = functools.cache(own_key)

    def add(self, tags: Iterable[tuple[Language, str]], places: Sequence[PlaceId]) -> tuple[TopicKey, ...]:
        """The topics of a story from the tags of all its versions, in their order, each once."""
        return tuple(dict.fromkeys(self._key(language, tag, places) for language, tag in tags))

    def _key(self, language: Language, tag: str, places: Sequence[PlaceId]) -> TopicKey:
        if known := self._find(tag):
            return known
        place = self._gazetteer.resolve(tag, language) if places else None
        if place and place in places:
            key = markup.slug(self._gazetteer.name(place, "en"))
            self._places[key] = place
            return key
        key = self._own(tag)
        self._written.setdefault(key, Counter())[language, tag] += 1
        return key

    def named(self, key: TopicKey, order: Sequence[Language]) -> NamedTopic:
        """The topic as it is called in the first language of the order that has a name for it."""
        labels = self._labels(key)
        language = next((one for one in (*order, *sorted(labels)) if labels.get(one)), order[0])
        return NamedTopic(key=key, label=labels.get(language, key), language=language)

    def _labels(self, key: TopicKey) -> Mapping[Language, str]:
        if known := self._vocabulary.labels(key):
            return known
        if place := self._places.get(key):
            return {locale: self._gazetteer.name(place, locale) for locale in locales.LOCALES}
        return _spellings(self._written.get(key, Counter()))


def _spellings(written: Mapping[tuple[Language, str], int]) -> dict[Language, str]:
    """For each language the spelling used most; of equals the first in code point order."""
    best = sorted(written, key=lambda one: (written[one], [-ord(letter) for letter in one[1]]))
    return dict(best)


def own_key(tag: str) -> TopicKey:
    """The key of a tag that no vocabulary knows: its words in ASCII; what a slug cannot say is told apart by a hash."""
    words, plain = markup.slug(tag), folding.key(tag)
    if words and all(_sayable(letter) for letter in plain if letter.isalpha()):
        return words
    return "-".join(filter(None, (words, hashlib.sha256((plain or tag).encode()).hexdigest()[:10])))


def _sayable(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_ALPHABETS)


@functools.cache
def builtin() -> tuple[Topic, ...]:
    """feeder's own topics, read once."""
    return read(FILE)


def read(path: Path) -> tuple[Topic, ...]:
    """The topics of a file: UTF-8, tab-separated, one heading row; further spellings with "|" between."""
    heading, *lines = path.read_text(encoding="utf-8").splitlines()
    columns = heading.split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    return tuple(
        Topic(
            key=row["slug"],
            labels={locale: row[locale] for locale in locales.LOCALES},
            tags=tuple(filter(None, row["variants"].split("|"))),
        )
        for row in rows
    )

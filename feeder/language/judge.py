"""Whether an occurrence of a name in a text names a place there."""

from __future__ import annotations

import re
from typing import Literal

from feeder.language import phrases
from feeder.language.candidates import Candidate
from feeder.language.cues import CUES, Cues, Pattern, linked, spaced, starts_line, starts_sentence
from feeder.language.inflection import ADJECTIVE_TAILS
from feeder.language.lexicon import Words
from feeder.model import Language

Verdict = Literal["yes", "no", "listed"]  #: "listed": only in the company of other places

_LOCAL = frozenset({"loc", "rel"})
_WAYS = frozenset({"abl", "dat"})
_WIDE = frozenset({"water", "area"})
_HYPHENS = ("-", "\u2010", "\u2011")
_PREFIXES = frozenset({"anti", "pro", "non", "mid", "ex", "trans", "post", "pre"})
_DATELINE = re.compile(r"\s*(?:--|[–—,.(\[]|- )")
_DATED = re.compile(
    r"[,.]\s*(?:\d{1,2}\s+[^\W\d]+|[^\W\d]+\s+\d{1,2})\b[^\n–—]{0,20}?(?:--|[–—]|- )"
    r"|\s*\([^)\n]{2,30}\)\s*(?:--|[–—]|- )"
)
_AGENCY = re.compile(r"\. *[^\W\d_a-zа-я][^\W\d_]+(?: [^\W\d_]+)? *(?:--|[–—]|- )")
_DATE_BEFORE = re.compile(r"\d[\s\u00a0]*$")
_YEAR_AFTER = re.compile(r",?[\s\u00a0]*\d{4}")
_ADDRESS = re.compile(r"://|@|\bwww\.|\.(?:com|org|net|kz|ru|cn)\b")
_ADDRESS_LENGTH = 200  #: code points looked at on either side
_LANGUAGE_WORDS = Pattern("язык*", "иероглиф*", "диалект*", "письмен*", "алфавит*")


class Judge:
    """Decides for the candidates of one text. `edges` are the words at which candidates begin and end."""

    def __init__(self, text: Words, language: Language, edges: frozenset[int]) -> None:
        self.text, self.language, self.edges = text, language, edges
        self.cues: Cues = CUES[language]
        self.doubtful = phrases.ambiguous(language)
        self._countries: dict[str, bool] = {}  #: name -> whether it is the country's in this text

    def verdict(self, one: Candidate) -> Verdict:
        rules = self.doubtful.get(one.name, frozenset()) | self.doubtful.get(self._surface(one), frozenset())
        if one.adjective:
            return "yes" if not rules and self._describes(one) else "no"
        if self._is_something_else(one):
            return "no"
        return self._doubtful(one, rules) if rules else "yes"

    def _surface(self, one: Candidate) -> str:
        """The word as it stands: "Арыстан" is a given name, "Арыс" is not."""
        return self.text.words[one.first] if one.first == one.last else ""

    def modifies(self, one: Candidate) -> bool:
        """Whether the name is part of an adjective: "China-imposed", "anti-China"."""
        text, after, before = self.text, one.last + 1, one.first - 1
        if self.language != "en":
            return False
        joined = after < len(text.words) and text.gap(after).lstrip(".") in _HYPHENS and not text.capital(after)
        prefixed = before >= 0 and text.gap(one.first) in _HYPHENS and text.words[before] in _PREFIXES
        return joined or prefixed

    def together(self, one: Candidate, other: Candidate) -> bool:
        """Whether two candidates stand together: "Oral and Aqtobe", "Mary, Turkmenistan", "Өзбекстанның Қарсы",
        "Риддерден Алтайға"."""
        left, right = sorted((one, other), key=lambda candidate: candidate.first)
        between = range(left.last + 1, right.first)
        if len(between) > 2 or any(self.text.words[i] not in self.cues.joining for i in between):
            return False
        gaps = [self.text.gap(i).strip() for i in range(left.last + 1, right.first + 1)]
        if gaps == [","] and starts_sentence(self.text, left.first) and self.text.gap(right.last + 1).startswith("!"):
            return False  # "Алға, Қазақстан!"
        if any(gap not in ("", ",", "-", "–", "/") for gap in gaps):
            return False
        return bool(between) or gaps != [""] or "gen" in left.cases or ("abl" in left.cases and "dat" in right.cases)

    # --- something else than a place ---------------------------------------------------------------

    def _is_something_else(self, one: Candidate) -> bool:
        return (
            self._stopped(one)
            or self._of_another_kind(one)
            or self._quoted(one)
            or self._own_name(one)
            or self._compound(one)
            or self._person(one)
            or self._adjectival(one)
            or self._address(one)
        )

    def _stopped(self, one: Candidate) -> bool:
        return phrases.stopped(self.text, self.language, one.first, one.last, one.ranks.keys())

    def _of_another_kind(self, one: Candidate) -> bool:
        """A street, district or region called after the place: "Абай көшесі", "Aktobe region", «в районе Байконур»."""
        text, after = self.text, one.last + 1
        if self._after_other_word(one) or (one.first == one.last and self._in_plural_list(one)):
            return True
        if not spaced(text, after) or "nom" not in one.cases:
            return False
        word = text.words[after]
        if word in self.cues.other_after or (word in self.cues.titled_after and text.capital(after)):
            return True
        if word in self.cues.nature_after and not one.kinds & {"water", "area"}:
            return True
        return word in self.cues.region_after and not one.kinds & {"country", "region", "area"}

    def _after_other_word(self, one: Candidate) -> bool:
        """ "озеро Зайсан", "Lake Issyk", "проспект Астана"; and «в районе Байконур», where a name that declines does not."""
        if not linked(self.text, one.first) or not one.kinds & {"city", "town", "village"}:
            return False
        word = self.text.words[one.first - 1]
        if self.language == "ru" and word in ("район", "района", "районе"):
            return "gen" not in one.cases
        if self.language == "ru" and word in ("площадь", "площади", "площадью"):
            return "gen" not in one.cases
        return word in self.cues.water_before or word in self.cues.street_before

    def _in_plural_list(self, one: Candidate) -> bool:
        """Whether the name is one of a list of districts or regions: "Алматы, Есіл және Сарыарқа аудандары"."""
        text, heads = self.text, self.cues.plural_after
        if not heads or "nom" not in one.cases or one.kinds & {"country", "area"}:
            return False
        for i in range(one.last + 1, min(one.last + 12, len(text.words))):
            if text.words[i] in heads:
                return spaced(text, i)
            listed = text.gap(i).strip() in ("", ",") and (text.capital(i) or text.words[i] in self.cues.joining)
            if not listed or (i == one.last + 1 and text.capital(i) and text.gap(i).isspace()):
                return False
        return False

    def _quoted(self, one: Candidate) -> bool:
        """A club, hotel or channel: «Астана» alone in quotation marks, or anywhere in the quoted name of a company."""
        text, start = self.text.text, one.start
        if self.language == "en":
            return False
        alone = text[start - 1 : start] in ("«", "“", "„") and text[one.end : one.end + 1] in ("»", "”", "“")
        if alone and (
            one.kinds & {"city", "town", "village", "country"} or (one.first == one.last and one.kinds & _WIDE)
        ):
            return True
        opening = text.rfind("«", max(0, start - 40), start)
        closing = text.find("»", one.end, one.end + 60)
        if opening < 0 or "»" in text[opening:start] or closing < 0:
            return False
        first, last = self._within(opening, closing, one)
        named = (self.text.capital(i) and not self.text.shouted(i) for i in range(first, last + 1))
        if "nom" in one.cases and one.last < last and all(named):
            return True  # «Алматы Арена»
        if self.language == "kk" and one.first == first < last < first + 4 and "nom" in one.cases:
            held = self.text.words[last].endswith(("сы", "сі", "ғы", "гі", "ры", "рі", "ны", "ні"))
            if held and closing == self.text.ends[last]:
                return True  # «Мәскеу жаңғырығы»
        before, after = self.text.words[first - 1 : first], self.text.words[last + 1 : last + 2]
        return any(word in self.cues.companies for word in before) or any(
            word in self.cues.works_after for word in after
        )

    def _within(self, opening: int, closing: int, one: Candidate) -> tuple[int, int]:
        """The first and the last word of a quotation that holds the name."""
        first, last = one.first, one.last
        while first > 0 and self.text.starts[first - 1] > opening:
            first -= 1
        while last + 1 < len(self.text.words) and self.text.starts[last + 1] < closing:
            last += 1
        return first, last

    def _own_name(self, one: Candidate) -> bool:
        """The name of a ship or an hotel ("the ship Kazakhstan"), or part of a firm's ("China Construction Bank")."""
        text, after = self.text, one.last + 1
        if self.language == "en" and "water" in one.kinds and after in self.edges and spaced(text, after):
            return True  # a club: "Tobol Kostanay"
        if linked(text, one.first) and text.words[one.first - 1] in self.cues.named_before and "gen" not in one.cases:
            return True
        if "nom" in one.cases and self._owned(one, after):
            return True
        for i in range(after, min(after + 5, len(text.words)) if self.cues.firms else 0):
            inner = i > after and text.words[i] in ("of", "and", "for")
            if not spaced(text, i) or not (inner or text.capital(i)):
                return False
            if text.words[i] in self.cues.firms:
                return text.capital(i)
        return False

    def _owned(self, one: Candidate, after: int) -> bool:
        """ "Пекин университеті", "Мәскеу мемлекеттік университеті": of a city; a country's universities are many."""
        words, heads = self.text.words, self.cues.own_after
        if not heads or not one.kinds & {"city", "town", "village"} or not spaced(self.text, after):
            return False
        between = words[after].endswith(ADJECTIVE_TAILS["kk"]) and spaced(self.text, after + 1)
        return words[after] in heads or (between and words[after + 1] in heads)

    def _compound(self, one: Candidate) -> bool:
        """Half of another name: "Petropavlovsk-Kamchatsky", "Asia-Plus"."""
        if one.kinds & {"country", "region"}:
            return False
        return self._hyphened_name(one.last + 1, one.last + 1) or self._hyphened_name(one.first, one.first - 1)

    def _hyphened_name(self, gap: int, neighbour: int) -> bool:
        text = self.text
        return (
            0 <= neighbour < len(text.words)
            and text.gap(gap) in _HYPHENS
            and text.capital(neighbour)
            and not text.upper(neighbour)
            and neighbour not in self.edges
        )

    def _person(self, one: Candidate) -> bool:
        """A given name before a surname: "Астана Бекова"."""
        text, after = self.text, one.last + 1
        if (
            "country" in one.kinds
            or " " in text.text[one.start : one.end]
            or "nom" not in one.cases
            or not spaced(text, after)
        ):
            return False
        prepared = one.first > 0 and text.words[one.first - 1] in self.cues.near
        capital = self._marked(one.last, after) and after not in self.edges
        surname = capital and text.words[after].endswith(self.cues.persons)
        return surname and not prepared

    def _adjectival(self, one: Candidate) -> bool:
        """«в Минском суде»: after «в» it is the adjective; of the city it would be «в Минске»."""
        before = self.text.words[one.first - 1] if spaced(self.text, one.first) else ""
        return self.language == "ru" and one.cases == {"ins"} and before in ("в", "во", "на", "о", "об", "при")

    def _address(self, one: Candidate) -> bool:
        """Inside a web or mail address."""
        text, start = self.text.text, one.start
        if text[start - 1 : start] not in ("/", ".", "@") and text[one.end : one.end + 1] not in ("/", ".", "@"):
            return False
        left, right = text[max(0, start - _ADDRESS_LENGTH) : start], text[start : one.end + _ADDRESS_LENGTH]
        chunk = (left.split() or [""])[-1] if not left[-1:].isspace() else ""
        return _ADDRESS.search(chunk + right.split()[0]) is not None

    def _describes(self, one: Candidate) -> bool:
        """Whether an adjective stands before its noun, not as a surname, a language or a resident."""
        text, after = self.text, one.last + 1
        if text.capital(one.first) and not starts_sentence(text, one.first):
            return False
        if not spaced(text, after) or text.capital(after) or len(text.words[after]) < 3:
            return False
        return text.words[after] not in _LANGUAGE_WORDS and text.words[after] not in self.cues.joining

    # --- names that are also something else ---------------------------------------------------------

    def _doubtful(self, one: Candidate, rules: frozenset[str]) -> Verdict:
        if self._town(one) or all(rule.startswith("not-") for rule in rules):
            return "yes"
        if "bare" in rules and "nom" not in one.cases:
            return "no" if self._capital_before(one) else "yes"
        before = self.text.words[one.first - 1] if linked(self.text, one.first) else ""
        if "never" in rules or before in self.cues.other_before or self._special(one, rules):
            return "no"
        if not rules & {"noun", "given", "surname"} or self._dateline(one):
            return "yes"
        if self._civic(one, rules) and not self._capital_before(one):
            return "yes"
        if "country" in one.kinds and "noun" not in rules:
            return self._country(one, rules)
        if "noun" in rules and starts_sentence(self.text, one.first) and not self._near(one, frozenset(self.cues.near)):
            return "listed"
        return self._common(one) if rules & {"given", "surname"} == set() else self._personal(one, rules)

    def _special(self, one: Candidate, rules: frozenset[str]) -> bool:
        text, start = self.text, one.start
        before = text.words[one.first - 1] if one.first else ""
        if "article" in rules:
            town = bool(one.kinds & {"city", "town"}) and self._near(one, frozenset(self.cues.near))
            return self._capital_after(one) or (before != "the" and not town)
        if "month" in rules and (
            _DATE_BEFORE.search(text.text[max(0, start - 8) : start]) or _YEAR_AFTER.match(text.text, one.end)
        ):
            return True
        if "pronoun" in rules and spaced(text, one.first) and len(before) > 1:
            return text.upper(one.first - 1) and before not in {*self.cues.near, "the"}
        return "capital" in rules and "poss" in one.cases

    def _town(self, one: Candidate) -> bool:
        """Whether a type word says it is a town: "city of Oral", "Қарсы қаласында", "в городе Верном"."""
        text, before, after = self.text, one.first - 1, one.last + 1
        if spaced(text, after) and text.words[after] in self.cues.town_after:
            return True
        if self._called_town(after):
            return True
        if self.language == "en":
            return before > 0 and text.words[before] == "of" and text.words[before - 1] in self.cues.town_before
        return linked(text, one.first) and text.words[before] in self.cues.town_before

    def _called_town(self, after: int) -> bool:
        """Whether words say so: "Шу — узловая станция", "Shar is a small town"."""
        text, ahead = self.text, self.text.words[after : after + 4]
        if ahead[:1] in (["is"], ["was"]) and ahead[1:2] in (["a"], ["the"]) and self.language == "en":
            return not self.cues.town_before.isdisjoint(ahead[2:])
        dashed = bool(ahead) and text.gap(after).strip() in ("—", "–")
        return dashed and not self.cues.is_town.isdisjoint(ahead[:2])

    def _civic(self, one: Candidate, rules: frozenset[str]) -> bool:
        """Whether what towns have stands beside it: "Oral residents", "Қонаев әкімі", "жители Конаева"."""
        text, before, after = self.text, one.first - 1, one.last + 1
        if spaced(text, after) and "nom" in one.cases and text.words[after] in self.cues.civic_after:
            return True
        if spaced(text, after) and "rel" in one.cases and text.words[after] in self.cues.seats_after:
            return True
        if (
            spaced(text, after)
            and one.cases & _WAYS
            and rules == {"noun"}
            and text.words[after] in self.cues.moved_after
        ):
            return True
        if not spaced(text, one.first):
            return False
        if self.language == "en":
            return text.words[before] == "of" and before > 0 and text.words[before - 1] in self.cues.civic_before
        return "gen" in one.cases and text.words[before] in self.cues.civic_before

    def _dateline(self, one: Candidate) -> bool:
        """ORAL -- ...: the only word in capitals at the start of a line, or before an agency: "ОРАЛ. KAZINFORM -"."""
        text = self.text
        if starts_line(text, one.first) and text.upper(one.first) and _AGENCY.match(text.text, one.end):
            return True
        if starts_line(text, one.first) and "nom" in one.cases and _DATED.match(text.text, one.end):
            return True  # "Орал, 3 ақпан –", "Oral (AP) --"
        alone = one.last + 1 >= len(text.words) or not text.upper(one.last + 1)
        opens = starts_line(text, one.first)
        return opens and alone and text.upper(one.first) and _DATELINE.match(text.text, one.end) is not None

    def _common(self, one: Candidate) -> Verdict:
        """Also a common word, within a sentence: the capital makes it a name, its neighbours may make it a person."""
        if self._capital_after(one) or self._capital_before(one):
            return "no"
        sure = self.language != "en" and not self.text.shouted(one.first)
        return "yes" if sure or self._near(one, frozenset(self.cues.near)) else "listed"

    def _personal(self, one: Candidate, rules: frozenset[str]) -> Verdict:
        """Also a person's name: only where one can be, not with another part of the person's name."""
        if self.language == "kk":
            local = _LOCAL | {"abl"} if "surname" in rules else _LOCAL
            lone = not self._capital_before(one) or starts_sentence(self.text, one.first - 1)
            if one.cases <= local and lone:
                return "yes"
        if self._capital_after(one) or self._capital_before(one):
            return "no"
        if "town" in rules and (self.language != "kk" or "nom" not in one.cases):
            return "yes"
        if one.kinds <= {"village", "crossing"} and self._near(one, frozenset({"at"})):
            return "yes"
        extra = frozenset({"from", "to", "до", "от"}) if "surname" in rules else frozenset()
        return "yes" if self._near(one, self.cues.inside | extra) else "listed"

    def _country(self, one: Candidate, rules: frozenset[str]) -> Verdict:
        """A country that is also a person's name: a person where a name stands beside it, and then where it stands alone
        ("Jordan Miller", later "Jordan said"), unless the text has it where a person cannot be: "in Jordan"."""
        if self._person_at(one.first, rules):
            return "no"
        if self.language == "kk" and one.cases <= _LOCAL:
            return "yes"
        if one.name not in self._countries:
            self._countries[one.name] = self._is_country(one.name, rules)
        return "yes" if self._countries[one.name] else "no"

    def _is_country(self, name: str, rules: frozenset[str]) -> bool:
        """Whether a name that stands alone is the country's, as far as the whole text tells."""
        everywhere = [i for i, word in enumerate(self.text.words) if word == name and self.text.capital(i)]
        placed = any(self._reached(i, self.cues.inside | {"of"}) or self._governs(i) for i in everywhere)
        return placed or not any(self._person_at(i, rules) for i in everywhere)

    def _governs(self, i: int) -> bool:
        """ "Georgia's parliament": what persons have not."""
        rest = self.text.words[i + 1 : i + 3]
        return len(rest) == 2 and rest[0] == "s" and rest[1] in self.cues.civic_after and not self.text.capital(i + 2)

    def _person_at(self, i: int, rules: frozenset[str]) -> bool:
        text, after = self.text, i + 1
        named = spaced(text, after) and self._marked(i, after) and after not in self.edges
        if named and text.words[after] not in self.cues.civic_after:
            return True
        return "surname" in rules and self._given_name(i - 1, i)

    def _near(self, one: Candidate, prepositions: frozenset[str]) -> bool:
        """Whether a preposition stands before the name, in the case it takes."""
        if not self._reached(one.first, prepositions):
            return False
        return bool(self.cues.near.get(self.text.words[one.first - 1], frozenset()) & one.cases)

    def _reached(self, i: int, prepositions: frozenset[str]) -> bool:
        """Whether one of the prepositions stands before word i, or "to" or "from" after a word of moving: "fled to"."""
        if not spaced(self.text, i):
            return False
        word = self.text.words[i - 1]
        moved = word in ("to", "from") and i > 1 and self.text.words[i - 2] in self.cues.moved_before
        return moved or word in prepositions

    def _capital_after(self, one: Candidate) -> bool:
        after = one.last + 1
        return spaced(self.text, after) and self._marked(one.last, after) and after not in self.edges

    def _marked(self, i: int, other: int) -> bool:
        """Whether a word beside word i has a capital that says something: not in a headline all in capitals."""
        text = self.text
        return text.capital(other) and not (text.upper(i) and text.shouted(other))

    def _capital_before(self, one: Candidate) -> bool:
        """Whether a capitalised word stands before that may be a given name (not a preposition, not a place)."""
        return self._given_name(one.first - 1, one.first)

    def _given_name(self, before: int, name: int) -> bool:
        text, cues = self.text, self.cues
        if not spaced(text, name) or not self._marked(name, before) or before in self.edges:
            return False
        word = text.words[before]
        if self.language == "kk" and word.endswith((*cues.persons, *cues.inflected)):
            return False  # "Айтматов Таласта", "Полицияның Оралдағы"
        function = word in cues.near or word in cues.joining or word in cues.civic_before or word in cues.openers
        return len(word) > 2 and not function

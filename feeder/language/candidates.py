"""One occurrence of a name in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeder.language.lexicon import Match, Words
from feeder.model import PlaceId

_ADJECTIVE = frozenset({"adj"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """The longest match at a place in the text; several places when the name has namesakes."""

    first: int  #: index of its first word
    last: int  #: index of its last word
    start: int  #: code points
    end: int  #: code points, exclusive
    name: str  #: the name in the gazetteer, folded
    ranks: dict[PlaceId, int]  #: place -> 0 current name, 1 former name, 2 variant
    kinds: frozenset[str]  #: of the places: "city", "country" ...
    cases: frozenset[str]

    @classmethod
    def of(cls, matches: Sequence[Match], text: Words) -> Candidate:
        """The longest of the matches at one word, which are one at least; a place before an adjective."""
        named = matches if len(matches) == 1 else _best(matches)
        form, first, last, end, cases = named[0]
        ranks = {form.place: form.rank}
        for match in named[1:]:
            ranks[match.form.place] = min(match.form.rank, ranks.get(match.form.place, 2))
            cases += match.cases
        kinds = frozenset([match.form.kind for match in named])
        return cls(first, last, text.starts[first], end, form.name, ranks, kinds, frozenset(cases))

    @property
    def adjective(self) -> bool:
        return self.cases == _ADJECTIVE


def _best(matches: Sequence[Match]) -> Sequence[Match]:
    end = max(match.end for match in matches)
    longest = [match for match in matches if match.end == end]
    return [match for match in longest if match.cases != ("adj",)] or longest

"""What feeder says in English is said in the editors' languages, or at least called English."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

import feeder
from feeder.digest.select import Candidate, choose
from feeder.editors import reasons
from feeder.jobs.overview import why
from feeder.model import Week

ALMATY = ZoneInfo("Asia/Almaty")
ROOT = Path(feeder.__file__).parent


def test_every_reason_of_the_choice_is_said_in_every_language() -> None:
    """Told before, too new, too old, no room."""
    week = Week(2026, 46)
    start = datetime(2026, 11, 9, tzinfo=ALMATY)
    days = {"told": 1, "late": 8, "old": -30, **{f"s{n}": 2 for n in range(40)}}
    stories = [Candidate(story=name, published=start + timedelta(days=day)) for name, day in days.items()]
    left_out = choose(stories, {"told"}, week, ALMATY).left_out
    assert len(set(left_out.values())) == 4
    for reason in set(left_out.values()):
        assert reasons.said(reason, "en") == (reason, True)
        for locale in ("kk", "ru"):
            words, own = reasons.said(reason, locale)
            assert own
            assert re.search("[а-я]", words)
    assert "2026-W46" in reasons.said(left_out["late"], "kk")[0]


@pytest.mark.parametrize("locale", ["kk", "ru"])
def test_every_phrase_keeps_its_values(locale: str) -> None:
    """What a reason names is in the translation too."""
    for phrase in reasons.PHRASES:
        names = [name for _, name, _, _ in Formatter().parse(phrase) if name]
        values = {name: f"⟨{name}⟩" for name in names}
        words, own = reasons.said(phrase.format(**values), locale)
        assert own, phrase
        assert words != phrase.format(**values)
        assert all(value in words for value in values.values()), phrase


def test_every_reason_of_a_dropped_line_is_known() -> None:
    """Those that stand in the code of the rooms which read pages."""
    found = set()
    for path in (ROOT / "articles").rglob("*.py"):
        found |= set(re.findall(r"sheet\.drop\([^\"\n]*\"([^\"]+)\"", path.read_text(encoding="utf-8")))
    assert len(found) > 15
    assert [reason for reason in sorted(found) if not reasons.said(reason, "kk")[1]] == []


def test_the_reasons_of_explain_are_known() -> None:
    """Those that need no value, word for word; the others by their beginning."""
    code = (ROOT / "jobs" / "explain.py").read_text(encoding="utf-8")
    for phrase in (
        "the file is not in a source of this site",
        "the store does not have this article; feeder build reads it",
    ):
        assert phrase in code
        assert phrase in reasons.PHRASES
    assert {why.NO_ROOM, why.NOT_YET} <= set(reasons.PHRASES)


def test_what_nobody_translated_stays_english_and_is_called_so() -> None:
    assert reasons.said("a new kind of trouble", "kk") == ("a new kind of trouble", False)


def test_a_reason_is_not_taken_for_another_one() -> None:
    assert reasons.said("was in an earlier issue of ours", "ru")[1] is False

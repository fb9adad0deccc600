"""Places in running text: what is found is exactly right, in three languages, and people and papers are not places."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.language.inflection import kazakh_endings, russian_adjective, russian_forms
from feeder.language.mentions import find
from feeder.language.places import gazetteer

DATA = Path(__file__).parent / "data" / "l10n"
SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"


def sentences(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def found(text: str, language: str) -> list[tuple[str, str]]:
    """(id, surface) of the places, adjectives left out."""
    return [(one.place, one.surface) for one in find(text, language, gazetteer()) if one.kind == "place"]


# --- how good it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
@pytest.mark.parametrize("corpus", ["sentences.jsonl", "own_sentences.jsonl"])
def test_precision_and_recall(corpus: str, language: str) -> None:
    """Exact span and id: at least 99 of 100 found places are right, and 99 of 100 places are found."""
    right = extra = missing = 0
    wrong: list[str] = []
    for sentence in (one for one in sentences(corpus) if one["lang"] == language):
        got = {(one.place, one.start, one.end) for one in find(sentence["text"], language, gazetteer())}
        wanted = {(p["id"], p["start"], p["end"]) for p in sentence["places"] if p["required"]}
        either = {(p["id"], p["start"], p["end"]) for p in sentence["places"] if not p["required"]}
        right, extra, missing = (
            right + len(got & wanted),
            extra + len(got - wanted - either),
            missing + len(wanted - got),
        )
        if got - wanted - either or wanted - got:
            wrong.append(sentence["text"])
    assert right > 30
    assert right / (right + extra) >= 0.99, wrong
    assert right / (right + missing) >= 0.99, wrong


#: sentences that the rules were written with, and sentences written without a look at the rules, which had at the first
#: measurement an F1 of .96 (en), .99 (kk) and .98 (ru); the least F1 of each
MARKED = {"mentions_dev.jsonl": 0.99, "mentions_test.jsonl": 0.97}


def marked(name: str, language: str) -> list[tuple[str, list[tuple[int, int, str, str]]]]:
    """Text and its mentions: start, end, id, and whether it is a place, an adjective or optional (either is right)."""
    rows = [one for one in sentences(name) if one["lang"] == language]
    return [(row["text"], [tuple(mention) for mention in row["mentions"]]) for row in rows]


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
@pytest.mark.parametrize("corpus", MARKED)
def test_sentences_of_the_news_have_exactly_their_places(corpus: str, language: str) -> None:
    """Exact span and id; an adjective is never taken for a place."""
    right = wrong = 0
    texts: list[str] = []
    for text, mentions in marked(corpus, language):
        got = {(m.start, m.end, m.place) for m in find(text, language, gazetteer()) if m.kind == "place"}
        wanted = {(start, end, id) for start, end, id, kind in mentions if kind == "place"}
        either = {(start, end, id) for start, end, id, kind in mentions if kind == "optional"}
        right += 2 * len(got & wanted)
        wrong += len(wanted - got) + len(got - wanted - either)
        texts += [text] * bool(wanted - got or got - wanted - either)
    assert right > 100
    assert right / (right + wrong) >= MARKED[corpus], texts


def test_the_sentences_are_marked_rightly() -> None:
    """Each marked surface stands where its offsets say, and its place is in the gazetteer."""
    for corpus in ("sentences.jsonl", "own_sentences.jsonl"):
        for sentence in sentences(corpus):
            for place in sentence["places"]:
                assert sentence["text"][place["start"] : place["end"]] == place["surface"]
                assert gazetteer().get(place["id"])
    for corpus in MARKED:
        for row in sentences(corpus):
            for start, end, id, kind in row["mentions"]:
                assert row["text"][start:end].strip() == row["text"][start:end] != ""
                assert gazetteer().get(id)
                assert kind in ("place", "adjective", "optional")


@pytest.mark.skipif(not (SEEDS / "expected.json").exists(), reason="the saved pages are not beside this checkout")
@pytest.mark.parametrize("page", range(3))
def test_saved_pages_have_exactly_their_places(page: int) -> None:
    """Title, deck, caption and body of a real page give each place as often, as spelled and where it stands."""
    expected = json.loads((SEEDS / "expected.json").read_text(encoding="utf-8"))[page]
    lines = (SEEDS / expected["file"]).read_text(encoding="utf-8").split("\n")
    numbers = [expected["title_line"], *expected["body"]["lines"]]
    numbers += (expected["image_caption"] or {"lines": []})["lines"][:1]
    numbers += [n for n, line in enumerate(lines, start=1) if expected["deck"] and line.strip() == expected["deck"]]
    surfaces: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[str, set[int]] = defaultdict(set)
    adjectives: Counter[str] = Counter()
    for number in sorted(numbers):
        for one in find(lines[number - 1], "en", gazetteer()):
            if one.kind == "adjective":
                adjectives[one.place] += 1
                continue
            surfaces[one.place][one.surface] += 1
            where[one.place].add(number)
    wanted = {place["id"]: (place["surfaces"], place["lines"]) for place in expected["places"]}
    assert {id: (dict(count), sorted(where[id])) for id, count in surfaces.items()} == wanted
    assert adjectives == Counter({place["id"]: place["mentions"] for place in expected["places_adjectival"]})


# --- what is a place ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "place", "surface"),
    [
        ("en", "ALMATY -- Police came.", "kz-almaty", "ALMATY"),
        ("en", "Kazakhstan’s capital", "kz", "Kazakhstan"),
        ("en", "the ÜRÜMQI riots", "cn-urumqi", "ÜRÜMQI"),
        ("en", "in Ili-Kazakh\nAutonomous Prefecture", "cn-ili-prefecture", "Ili-Kazakh\nAutonomous Prefecture"),
        ("kk", "НҰР-СҰЛТАН. ҚазАқпарат –", "kz-astana", "НҰР-СҰЛТАН"),
        ("kk", "ОРАЛ. KAZINFORM — Сот болды.", "kz-oral", "ОРАЛ"),
        ("kk", "АҚШ-тағы сот", "us", "АҚШ-тағы"),
        ("kk", "Қарағандыдағы", "kz-karaganda", "Қарағандыдағы"),
        ("ru", "в Усть-Каменогорске", "kz-oskemen", "Усть-Каменогорске"),
        ("ru", "Объединенных Арабских Эмиратов", "ae", "Объединенных Арабских Эмиратов"),
        ("ru", "из области Улытау", "kz-ulytau-region", "области Улытау"),
        ("ru", "в Петропавловске-Камчатском", "ru-petropavlovsk-kamchatsky", "Петропавловске-Камчатском"),
        ("ru", "из Боснии и Герцеговины", "ba", "Боснии и Герцеговины"),
        ("en", "in Saratov region", "ru-saratov-region", "Saratov region"),
        ("en", "WROCŁAW — Talks.", "pl-wroclaw", "WROCŁAW"),
        ("en", "SAMARA MINERS GO ON STRIKE", "ru-samara", "SAMARA"),
        ("en", "PROTESTS IN GEORGIA SPREAD", "ge", "GEORGIA"),
        ("en", "Shar is a small town.", "kz-shar", "Shar"),
        ("en", "the city of Aral", "kz-aralsk", "Aral"),
        ("kk", "АҚШ-ТЫҢ МЕМЛЕКЕТТІК ДЕПАРТАМЕНТІ", "us", "АҚШ-ТЫҢ"),
        ("kk", "Орал, 3 ақпан — Сот болды.", "kz-oral", "Орал"),
        ("kk", "Лисаковскке барды", "kz-lisakovsk", "Лисаковскке"),
        ("kk", "Астраханда қазақтар көп.", "ru-astrakhan", "Астраханда"),
        ("kk", "Айтматов Таласта туған.", "kg-talas", "Таласта"),
        ("ru", "В ГРОЗНОМ ТИХО", "ru-grozny", "ГРОЗНОМ"),
        ("ru", "В Папуа — Новой Гвинее жарко.", "pg", "Папуа — Новой Гвинее"),
        ("ru", "в Форте-Шевченко", "kz-fort-shevchenko", "Форте-Шевченко"),
        ("ru", "Шу — узловая станция.", "kz-shu", "Шу"),
    ],
)
def test_the_span_is_the_whole_name(language: str, text: str, place: str, surface: str) -> None:
    """Endings are inside the span in Kazakh and Russian, an English 's is outside; the longest name wins."""
    assert found(text, language) == [(place, surface)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Radio Free Europe/Radio Liberty and Radio Free Asia"),
        ("en", "the New York Times, The Washington Post and China Daily"),
        ("en", "Air Astana and FC Astana"),
        ("en", "George Washington and Mary Robinson"),
        ("en", "Kazakhs, Uyghurs, Chinese and Russians"),
        ("en", "Give us the oral exam in a mary way"),
        ("en", "Tashkent Street and the Korday district"),
        ("en", "JOIN US"),
        ("kk", "Қазан айында, 24 Қазан, 2021"),
        ("kk", "«Эйр Астана», «Егемен Қазақстан»"),
        ("kk", "Алматы және Сарыарқа аудандары"),
        ("kk", "Абай Құнанбайұлы, Дінмұхамед Қонаевтың"),
        ("kk", "Қарсы алды. Темір қақпа жабық. Есікте ешкім жоқ."),
        ("kk", "арал, астана, темір, есік, шар"),
        ("kk", "алматылықтар мен қытайлар"),
        ("ru", "Алматов, Ташкентов и Астанаев"),
        ("ru", "«Нью-Йорк таймс», «Вашингтон пост», «Эйр Астана»"),
        ("ru", "улица Абая, проспект Кунаева"),
        ("ru", "в микрорайоне Атырау, на проспекте Астана, ул. Ташкент"),
        ("ru", "сообщил Sputnik Казахстан"),
        ("kk", "Шымкент ықшамауданы"),
        ("ru", "клуб «Астана» и гостиница «Казахстан»"),
        ("ru", "Иван Грозный, Владимир Варшавский"),
        ("ru", "алматинцы, москвичи, казахи"),
        ("en", "The Shanghai Cooperation Organisation and the Geneva Conventions"),
        ("en", "The Berlin Wall, the Prague Spring and the Osh Bazaar"),
        ("en", "Council of Europe, Islamic Movement of Uzbekistan, Kazakhstan Stock Exchange"),
        ("en", "Uzbekistan Today, Novaya Gazeta Europe, Radio Prague"),
        ("kk", "«Мәскеу жаңғырығы», «Алматы марафоны», Пекин университеті, Мәскеу мемлекеттік университеті"),
        ("kk", "Кемінде он адам. Жарық көрді. Үлкен үй. Жақсы адам. Әнеу кісі."),
        ("kk", "Еуропа Одағы мен Еуропа Кеңесі, Шанхай ынтымақтастық ұйымы"),
        ("ru", "в Минском районном суде, на Омском заводе"),
        ("ru", "Семей активистов лишили пособий."),
        ("ru", "Совет Европы; Организация по безопасности и сотрудничеству в Европе"),
        ("ru", "Роза Люксембург и Дания Еспаева"),
        ("ru", "ИНТЕРФАКС-КАЗАХСТАН, «Интерфакс-Казахстан», Sputnik Казахстан"),
        ("en", "the Warsaw Pact, Interfax-Kazakhstan, the Khanate of Khiva"),
    ],
)
def test_people_papers_and_common_words_are_no_places(language: str, text: str) -> None:
    """A story is never filed under a place because of a name that contains it."""
    assert find(text, language, gazetteer()) == ()


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "Trucks wait at Khorgos on the Kazakh side.", "kz-khorgos"),
        ("en", "Trucks wait at Khorgos, Xinjiang.", "cn-khorgos"),
        ("en", "A court in Aksu, near Pavlodar", "kz-aksu-pavlodar"),
        ("en", "A camp in Aksu, near Kashgar", "cn-aksu"),
        ("en", "Tbilisi, Georgia", "ge"),
        ("en", "Khorgos in China", "cn-khorgos"),
        ("ru", "в городе Тунис", "tn-tunis"),
        ("ru", "в Тунисе", "tn"),
        ("en", "Macon, Georgia", "us-georgia"),
        ("kk", "Шыңжаңдағы Ақсу", "cn-aksu"),
        ("ru", "Аксу Павлодарской области", "kz-aksu-pavlodar"),
    ],
)
def test_namesakes_are_told_apart_by_their_company(language: str, text: str, place: str) -> None:
    """The other places of a text say which of two is meant."""
    assert place in {id for id, _ in found(text, language)}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Turkey said it would wait.", ["tr"]),
        ("Georgia is quiet, and so is Tbilisi.", ["ge", "ge-tbilisi"]),
        ("Jordan said the plane was late.", ["jo"]),
        ("When Chad closed its border, Niger did too.", ["td", "ne"]),
        ("Jordan President Smith", ["jo"]),
        ("Osh residents queued for bread.", ["kg-osh"]),
        ("Jordan Miller spoke first. Jordan said the plane was late.", []),
        ("Michael Jordan said so.", []),
        ("Georgia Today, a paper, said Georgia would vote. In Georgia it rained.", ["ge", "ge"]),
        ("Georgia Reed and Chad Brown wrote this.", []),
        ("Jordan Belfort is no king of Jordan.", ["jo"]),
        ("Georgia O'Keeffe painted; Georgia's parliament voted.", ["ge"]),
    ],
)
def test_a_country_that_is_also_a_given_name_is_a_country_unless_a_person_bears_it(
    text: str, places: list[str]
) -> None:
    """A name beside it, anywhere in the text, makes it a person; alone, at the start of a sentence too, it is the country."""
    assert [id for id, _ in found(text, "en")] == places


@pytest.mark.parametrize(
    ("language", "text", "place", "surface"),
    [
        ("en", '"China-imposed" rules', "cn", "China"),
        ("kk", "шымкенттік журналист", "kz-shymkent", "шымкенттік"),
        ("ru", "Казахстанские власти", "kz", "Казахстанские"),
        ("ru", "на украинской границе", "ua", "украинской"),
    ],
)
def test_adjectives_are_marked(language: str, text: str, place: str, surface: str) -> None:
    """An adjective made of a name is found, and is not a place."""
    (one,) = find(text, language, gazetteer())
    assert (one.place, one.surface, one.kind) == (place, surface, "adjective")


@pytest.mark.parametrize("language", ["de", "", "zh"])
def test_other_languages_have_no_mentions(language: str) -> None:
    """A text whose language has no rules is left alone."""
    assert find("Almaty, Алматы", language, gazetteer()) == ()


# --- inflection --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("алматы", "алматының алматыға алматыны алматыда алматыдан алматымен алматыдағы алматылық"),
        ("шыңжаң", "шыңжаңның шыңжаңға шыңжаңды шыңжаңда шыңжаңнан шыңжаңмен шыңжаңдағы"),
        ("ресей", "ресейдің ресейге ресейді ресейде ресейден ресеймен ресейдегі ресейлік"),
        ("тараз", "тараздың таразға таразды таразда тараздан таразбен тараздағы тараздық"),
        ("шымкент", "шымкенттің шымкентке шымкентті шымкентте шымкенттен шымкентпен шымкенттік"),
        ("алматы облысы", "облысының облысына облысын облысында облысынан облысымен облысындағы"),
        ("минск", "минскте минскіде минскіден"),
        ("қонаев", "қонаевтан қонаевта"),
        ("қазақстан", "қазақстанымызда қазақстанымыз"),
    ],
)
def test_kazakh_endings_follow_harmony_and_the_last_sound(name: str, forms: str) -> None:
    """The six cases, -дағы, -лық and "our" of each class of names."""
    last = name.split()[-1]
    made = {last + ending for ending in kazakh_endings(name)}
    assert set(forms.split()) <= made


def test_kazakh_endings_of_the_other_harmony_are_refused() -> None:
    """A clearly back name takes no front ending."""
    assert {"де", "ге", "дің"}.isdisjoint(kazakh_endings("алматы"))
    assert "да" not in kazakh_endings("ресей")


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Кульджа", {"Кульджи", "Кульдже", "Кульджу", "Кульджой"}),
        ("Россия", {"России", "Россию", "Россией"}),
        ("Семей", {"Семея", "Семею", "Семеем", "Семее"}),
        ("Казань", {"Казани", "Казанью"}),
        ("Израиль", {"Израиля", "Израилю", "Израилем", "Израиле"}),
        ("Алматы", set[str]()),
        ("Рудный", {"Рудного", "Рудному", "Рудным", "Рудном"}),
        ("Республика Татарстан", {"Республики Татарстан", "Республикой Татарстан"}),
        ("Нидерланды", {"Нидерландов", "Нидерландах"}),
    ],
)
def test_russian_names_decline(name: str, forms: set[str]) -> None:
    """The shipped table has the cases of each type; what is indeclinable has one form."""
    made = set(russian_forms(name))
    assert forms <= made if forms else made == {name}


def test_russian_adjectives() -> None:
    """Regular and irregular ones; none of names that are mostly something else."""
    stems = [russian_adjective(name) for name in ("Казахстан", "Россия", "Алматы", "Омск", "Абай", "нечто")]
    assert stems == ["казахстанск", "российск", "алматинск", "омск", "", ""]


# --- always ------------------------------------------------------------------------------------------

_FRAGMENTS = """Almaty almaty Oral Mary Georgia U.S. US Xinjiang Kazakhstan's the of in and Aral Қазан Алматыда Нұр Сұлтан
    АҚШ тың Қонаев Абай облысы аудандары Шығыс Қазақстан Алтай қаласы в Семее Кунанбаев Грозный область г. Астана
    китайский язык İ ı ß ﬁ 𝒜 e\u0301 , . — - « » “ 2021 26"""
_PIECES = st.sampled_from([*_FRAGMENTS.split(), "\n"])


def check(text: str, language: str) -> None:
    mentions = find(text, language, gazetteer())
    for one in mentions:
        assert text[one.start : one.end] == one.surface
        assert one.surface
        assert gazetteer().get(one.place)
    for left, right in pairwise(mentions):
        assert left.end <= right.start
    assert mentions == find(text, language, gazetteer())


@given(st.text(max_size=200), st.sampled_from(["en", "kk", "ru"]))
def test_any_text_can_be_searched(text: str, language: str) -> None:
    """On arbitrary Unicode: no failure, mentions in order without overlap, each surface where its span says."""
    check(text, language)


@given(st.lists(_PIECES, max_size=30), st.sampled_from(["", " ", " ", "-"]), st.sampled_from(["en", "kk", "ru"]))
def test_any_mixture_of_names_can_be_searched(pieces: list[str], link: str, language: str) -> None:
    """The same for texts made of names, cues and punctuation in any order."""
    check(link.join(pieces), language)


_FILLER = {
    "en": "Nobody was hurt, the fire service said.",
    "kk": "Ешкім зардап шекпеді, деді құтқарушылар.",
    "ru": "Никто не пострадал, сообщили спасатели.",
}
_MARKED = [(row["lang"], row["text"]) for corpus in MARKED for row in sentences(corpus)]


@given(st.sampled_from(_MARKED), st.integers(0, 2), st.integers(0, 2), st.sampled_from([" ", "\n", "\n\n"]))
def test_a_sentence_means_the_same_alone_and_in_a_paragraph(
    one: tuple[str, str], before: int, after: int, link: str
) -> None:
    """Sentences around it that name no place change nothing."""
    language, text = one
    head = "".join([_FILLER[language] + link] * before)
    tail = "".join([link + _FILLER[language]] * after)
    if link == " " and before and text[:1].isalpha() and text.split()[0].isupper():
        link, head = "\n", head[:-1] + "\n"  # a dateline opens a line
    alone = [(m.place, m.start + len(head), m.kind) for m in find(text, language, gazetteer())]
    inside = [(m.place, m.start, m.kind) for m in find(head + text + tail, language, gazetteer())]
    assert inside == alone


@given(st.sampled_from(_MARKED))
def test_letters_may_be_decomposed(one: tuple[str, str]) -> None:
    """The same places are found in a text whose letters and accents stand apart; offsets are those of that text."""
    language, text = one
    apart = unicodedata.normalize("NFD", text)
    got = find(apart, language, gazetteer())
    assert all(apart[m.start : m.end] == m.surface for m in got)
    composed = [(m.place, unicodedata.normalize("NFC", m.surface), m.kind) for m in got]
    assert composed == [(m.place, m.surface, m.kind) for m in find(text, language, gazetteer())]


@pytest.mark.parametrize(
    ("language", "text", "surface"),
    [
        ("ru", "в Казани\u0301 тихо", "Казани\u0301"),
        ("ru", "в Алма\u00adты холодно", "Алма\u00adты"),
        ("kk", "\ufeffАлматыда суық", "Алматыда"),
        ("en", "in Al\u200bmaty, again", "Al\u200bmaty"),
    ],
)
def test_what_is_not_seen_does_not_hide_a_name(language: str, text: str, surface: str) -> None:
    """Stress marks, soft hyphens and zero-width characters; a mark on the last letter belongs to the name."""
    assert [surface for _, surface in found(text, language)] == [surface]


@given(st.sampled_from(_MARKED))
def test_a_text_without_capitals_names_no_place(one: tuple[str, str]) -> None:
    """Small letters throughout: at most adjectives are found."""
    language, text = one
    assert found(text.lower(), language) == []


def test_the_result_does_not_depend_on_the_hash_seed() -> None:
    """Two processes with different hash seeds find the same."""
    program = (
        "import json,sys\nfrom feeder.language.mentions import find\nfrom feeder.language.places import gazetteer\n"
        "for line in sys.stdin.buffer.read().decode().splitlines():\n"
        "    one = json.loads(line)\n    print(ascii(find(one['text'], one['lang'], gazetteer())))\n"
    )
    text = (DATA / "sentences.jsonl").read_bytes()
    outputs = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        made = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, check=True, env=env)
        outputs.add(made.stdout)
    assert len(outputs) == 1

"""The words that dates are made of: a text as a row of one-letter kinds, on which `date_grammar` matches its patterns.

    "The rally on February 3, 2019."  ->  x x i M D , Y .

Kinds of tokens, alike in the three languages where they mean the same:

    D  day of a month, 1 to 31          M m A G P I L B O N  months (see `month_names`; A in English: May)
    p  Kazakh day "16-сында"            z  Kazakh day "4-тен"       W w  weekdays
    Y  year    R  a round one (2000), which may be a number         V  Russian year "2019-го"      K  decade
    #  numeric date ("04.05.2022")      n  any other number
    T  a rank in words: "third", "третьего", "үшінші"
    Z  today and its neighbours (days)  l  last, this, next (-1, 0, 1; -2)      J  Kazakh "былтыр", Russian "с.г."
    y u k d  year, month, week, day     Q  Kazakh "жылдары"; X Russian "лет"         g  ago      q  a number in words
    e  early, mid, late                 C  around                   s  season, 21 to 24
    i  in, since   v  Russian "в"       f  from, between            t  to       a  and   o  of   h  the
    c  what numbers count ("people")    S  street, square           b  every    j  prayers, school
    E  a paragraph's end                x  any other word           , - ( ) ' .  themselves; ; any other mark

Pure: the tables are built once, at import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from feeder.language import numeric_dates
from feeder.language.folding import lower
from feeder.language.month_names import FORMS, WEEKDAYS


class Token(NamedTuple):
    """A word, number or mark of a text."""

    start: int  #: code points
    end: int  #: exclusive
    kind: str  #: one letter
    value: int  #: month, day, year, weekday, season, offset in days or years; 0 when the kind says it all


_EN_TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_EN_RANKS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
_RU_TEENS = "одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
_RU_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
_RU_RANKS = (
    "первого второго третьего четвертого пятого шестого седьмого восьмого девятого десятого одиннадцатого двенадцатого"
    " тринадцатого четырнадцатого пятнадцатого шестнадцатого семнадцатого восемнадцатого девятнадцатого двадцатого"
)
_KK_UNITS = "бір екі үш төрт бес алты жеті сегіз тоғыз он"
_KK_TENS = "жиырма отыз қырық елу алпыс жетпіс сексен тоқсан"


def _tens(words: str) -> dict[int, str]:
    return {10 * number: word for number, word in enumerate(words.split(), start=2)}


def _ranks(words: str, first: int) -> dict[int, str]:
    return dict(enumerate(words.split(), start=first))


#: What the last word of a day may be in Kazakh: "он алты", "жиырма", "отыз бір".
_KK_DAYS = dict(enumerate(_KK_UNITS.split(), start=1)) | {20: "жиырма", 30: "отыз"}


def _russian_subject(word: str) -> str:
    """ "третьего", "шестого" -> "третье", "шестое"."""
    return word.removesuffix("го") if word.endswith("его") else f"{word.removesuffix('ого')}ое"


def _kazakh_rank(word: str) -> str:
    """ "үшінші", "алтыншы", "жиырмасыншы"."""
    vowel = "ы" if _hard(word) else "і"
    joint = {"жиырма": "с" + vowel, "алты": "", "екі": "", "жеті": ""}.get(word, vowel)
    return f"{word}{joint}нш{vowel}"


def _kazakh_day(word: str) -> str:
    """Every case of the day of a month: "үші үшінде үшінен", "алтысы алтысында"."""
    hard = _hard(word)
    owned = word + ("с" if word[-1] in "аіы" else "") + ("ы" if hard else "і")
    cases = "нда нан на ның н ндағы" if hard else "нде нен не нің н ндегі"
    return " ".join([owned, *(owned + case for case in cases.split())])


def _hard(word: str) -> bool:
    return word in ("алты", "тоғыз", "он", "жиырма", "отыз")


#: Word -> kind, value. A word in two rows belongs to the last.
_VALUED: dict[str, dict[str, dict[int, str]]] = {
    "en": {
        "Z": {-1: "yesterday", 0: "today tonight", 1: "tomorrow"},
        "i": {-1: "before", 1: "after"},
        "l": {-1: "last", 0: "this", 1: "next"},
        "s": {21: "spring", 22: "summer", 23: "autumn fall", 24: "winter"},
        "q": {
            1: "a one",
            2: "two",
            3: "three",
            4: "four",
            5: "five",
            6: "six",
            7: "seven",
            8: "eight",
            9: "nine",
            10: "ten",
            **dict(enumerate(_EN_TEENS.split(), start=11)),
            **_tens(_EN_TENS),
        },
        "T": _ranks(_EN_RANKS, 1),
        "y": {1: "year", 2: "years"},
        "u": {1: "month", 2: "months"},
        "k": {1: "week", 2: "weeks"},
        "d": {1: "day", 2: "days"},
    },
    "ru": {
        "Z": {-2: "позавчера", -1: "вчера", 0: "сегодня", 1: "завтра", 2: "послезавтра"},
        "l": {
            -2: "позапрошлого позапрошлом позапрошлый",
            -1: "прошлого прошлом прошлый прошлую прошлой прошлое минувшего минувшем минувший минувшую минувшей минувшее"
            " прошедшего прошедшем прошедший прошедшую прошедшей",
            0: "этого этом этот эту этой это нынешнего нынешнем нынешний нынешней текущего текущем текущей сего",
            1: "следующего следующем следующий следующую следующей будущего будущем будущей ближайший ближайшую",
        },
        "s": {
            21: "весна весной весны весну весне",
            22: "лето летом лета лету",
            23: "осень осенью осени",
            24: "зима зимой зимы зиму зиме",
        },
        "q": {
            1: "один одну",
            2: "два две",
            3: "три",
            4: "четыре",
            5: "пять",
            6: "шесть",
            7: "семь",
            8: "восемь",
            9: "девять",
            10: "десять",
            **dict(enumerate(_RU_TEENS.split(), start=11)),
            **_tens(_RU_TENS),
        },
        "T": {
            day: f"{word} {_russian_subject(word)}" for day, word in (_ranks(_RU_RANKS, 1) | {30: "тридцатого"}).items()
        },
        "y": {1: "год года году годом годах годы годов годам годами г гг"},
        "t": {1: "на"},
        "X": {2: "лет"},
        "u": {1: "месяц месяца месяце", 2: "месяцев"},
        "k": {1: "неделя неделю недели неделе", 2: "недель"},
        "d": {1: "день дня", 2: "дней сутки суток"},
    },
    "kk": {
        "Z": {-1: "кеше", 0: "бүгін", 1: "ертең", 2: "бүрсігүні"},
        "l": {
            -1: "өткен",
            0: "осы ағымдағы үстіміздегі",
            1: "келесі келер алдағы",
        },
        "J": {-1: "былтыр былтырғы", 0: "биыл биылғы"},
        "s": {
            21: "көктем көктемі көктемде көктемінде көктемінен",
            22: "жаз жазы жазда жазында жазынан",
            23: "күз күзі күзде күзінде күзінен",
            24: "қыс қысы қыста қысында қысынан",
        },
        "q": dict(enumerate(_KK_UNITS.split(), start=1)) | _tens(_KK_TENS),
        "T": {value: _kazakh_rank(word) for value, word in _KK_DAYS.items()},
        "p": {value: _kazakh_day(word) for value, word in _KK_DAYS.items()},
        "y": {1: "жыл жылы жылғы жылдың жылдан жылға жылда жылдағы жылды жылын жылында жылының жылына жылынан ж"},
        "u": {1: "ай айы айында айының айынан айына айындағы айда айдың айдағы айлары айларында айларының"},
        "k": {1: "апта аптада аптаның аптадағы"},
        "d": {1: "күн күні"},
    },
}
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "g": "ago",
        "e": "early mid late beginning start middle end half",
        "C": "around circa approximately",
        "i": "in since by during",
        "f": "from between",
        "t": "to through until till",
        "a": "and",
        "o": "of",
        "h": "the",
        "c": "people persons men women children students workers protesters demonstrators participants activists police"
        " officers soldiers troops prisoners detainees residents families houses homes million billion thousand hundred"
        " percent tenge dollars rubles roubles yuan euros km kilometers kilometres meters metres miles feet tons tonnes"
        " hectares hours minutes seconds copies seats votes pages cases items others degrees days weeks months years",
        "S": "street avenue square road boulevard lane drive alley embankment",
        "b": "every each black good bloody ash palm easter cyber annual annually",
        "j": "prayer prayers school service services mass sermon sermons mosque times",
    },
    "ru": {
        "g": "назад",
        "e": "начале начала началу середине середины середину конце конца концу половина половине половину числах декаде",
        "C": "около примерно приблизительно",
        "v": "в во",
        "f": "с со между от",
        "t": "по до к ко",
        "a": "и",
        "c": "человек человека людей женщин мужчин детей жителей участников активистов полицейских задержанных раз рублей"
        " тенге долларов евро юаней млн тыс тысяч миллионов миллиона процентов метров километров км тонн гектаров часов"
        " минут домов семей рабочих сотрудников",
        "S": "ул улица улицы улице улицу улицей проспект проспекта проспекте пр площадь площади площадью имени им мкр",
        "b": "каждый каждую каждое каждого ежегодно",
        "j": "обитания",
    },
    "kk": {
        "g": "бұрын",
        "e": "басы басында басынан басына ортасы ортасында ортасынан ортасына соңы соңында соңынан соңына аяғы аяғында"
        " аяғына жартысы жартысында",
        "C": "шамамен шамасы шамасында",
        "a": "мен бен пен және",
        "r": "аралығы аралығында",
        "t": "дейін дейінгі шейін шейінгі",
        "c": "адам адамды адамның азамат азаматты әйел ер бала қатысушы белсенді тұрғын полицей теңге доллар рубль млн мың"
        " млрд пайыз шақырым метр тонна гектар сағат минут рет үй отбасы жұмысшы есе бойы ішінде",
        "S": "көшесі көшесінде көшесінің көшесіне алаңы алаңында алаңына алаңының даңғылы даңғылында ықшамауданы ауданы атындағы",
        "b": "әр",
        "Q": "жылдар жылдары жылдарда жылдардағы жылдардың жылдардан",
        "j": "үй үйі үйлер үйге үйде палау асылды асып асты сорпа бауырсақ көже намазы намазына намазында уағызы",
    },
}
#: Where a capital tells a month or day from a common word: "may", "march", "sun", "dec".
_CAPITAL_EN = frozenset(
    ["may", "march", "august", "mar", "jan", "dec", "sun", "sat", "mon", "wed", "apr", "jun", "jul"]
)
_ABBREVIATIONS = frozenset(["г", "гг", "ж", "ул", "пр", "им", "млн", "тыс", "млрд"])
_SHORT_DAYS = frozenset(["mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"])
_JOINED = frozenset({"mid"}.union(*FORMS.values()))  #: words that a hyphen may tie to a day or year
#: Words that make the number after them no date: "No. 12", and the months whose years are counted otherwise.
_LABELS = (
    "no nos number version clause section article paragraph chapter item protocol номер версия версии версию пункт пункта"
    " пункте п статья статьи статье ст раздел раздела нөмірі нұсқа нұсқасы"
)
_HIJRI_MONTHS = (
    "ramadan muharram safar shawwal shaban rajab рамадан рамадана рамазан мухаррам мухаррама шавваль шаввал шаабан"
    " раджаб сафар хиджра мұхаррам шәууал шағбан"
)
_NUMBERED = frozenset(_LABELS.split())
_HIJRI = frozenset(_HIJRI_MONTHS.split())
_HIJRI_AFTER = re.compile(r"\s(?:ah\b|(?:(?:г\.|года?|жыл\w*)\s)?(?:по\s)?(?:хиджр|хижр))")
_PART = re.compile(r"-(?:тарма|бап|баб|нұсқ|бөлі)")
_DECADE = frozenset(["s", "-е", "-х", "-ых", "-ми", "-ыми", "-ые"])
_ABLATIVE = frozenset(["-тан", "-тен", "-дан", "-ден", "-нан", "-нен"])

_NUMBER = r"[0-9]+(?:,[0-9]{3}(?![0-9])|[.:/][0-9]+)*"
_SUFFIXES = {
    "en": r"(?:(?:st|nd|rd|th|s)(?![^\W_]))",
    "ru": r"(?:-(?:го|ого|его|е|ое|й|ый|ий|м|ом|ем|му|х|ых|ми|ыми|ые)(?![^\W_]))",
    "kk": r"(?:-(?:с?[ыі](?:н(?:да|де|ан|ен|ың|ің|а|е|дағы|дегі))?|н(?:да|де|а|е|ың|ің)|[ыі]?н?ш[ыі]|[тдн][ае]н)(?![^\W_]))",
}
_LONE = {"ru": r"(?P<lone>(?<!\w)с\.\s?г\.)|"}


def _pattern(language: str) -> re.Pattern[str]:
    suffix = _SUFFIXES.get(language, r"(?!)")
    return re.compile(
        rf"{_LONE.get(language, '')}(?P<numeric>(?<![\w.,:/-])(?:{numeric_dates.PATTERN})(?![./-]?[0-9]))"
        rf"|(?P<number>{_NUMBER})(?P<suffix>{suffix})?|(?P<word>[^\W\d_]+)|(?P<break>\n\s*\n)|(?P<mark>[^\w\s])",
        re.IGNORECASE,
    )


_PATTERNS = {language: _pattern(language) for language in ("", *FORMS)}
_MARKS = {
    mark: kind
    for kind, marks in {",": ",", "-": "-‐‑–—−", "(": "([", ")": ")]", "'": "'’ʼ", ".": "."}.items()
    for mark in marks
}


def _vocabulary(language: str) -> dict[str, tuple[str, int]]:
    made = {word: (kind, 0) for kind, words in _WORDS[language].items() for word in words.split()}
    for kind, values in _VALUED[language].items():
        made |= {word: (kind, value) for value, words in values.items() for word in words.split()}
    made |= {word: (form.kind, form.number) for word, form in WEEKDAYS[language].items()}
    made |= {word: (form.kind, form.number) for word, form in FORMS[language].items()}
    return made


_VOCABULARY: Mapping[str, dict[str, tuple[str, int]]] = {language: _vocabulary(language) for language in FORMS}
_VOCABULARY["en"]["may"] = ("A", 5)


#: The kinds of words without which, or a number, no pattern of `date_grammar` matches; the other kinds only stand beside.
_MAKING = frozenset("MmAGPILBONWwZlgJ")
_MAKERS: Mapping[str, frozenset[str]] = {
    language: frozenset(word for word, (kind, _) in words.items() if kind in _MAKING)
    for language, words in _VOCABULARY.items()
}
_DIGIT, _WORD = re.compile(r"\d"), re.compile(r"[^\W\d_]+")
_LONE_SIGN = "г."  #: of Russian "с. г.", this year: no word of it says so alone


def may_have_dates(text: str, language: str) -> bool:
    """False when a text has no date; it is known at a tenth of the cost of looking at its tokens, and half of all have none."""
    if _DIGIT.search(text):
        return True
    low = lower(text)
    makers = _MAKERS.get(language, frozenset())
    return not makers.isdisjoint(_WORD.findall(low)) or (language in _LONE and _LONE_SIGN in low)


def tokens(text: str, language: str) -> list[Token]:
    """The words, numbers and marks of a text, in order. A language without tables knows numeric dates only."""
    known = language if language in _VOCABULARY else ""
    return list(_tokens(text, known))


def _tokens(text: str, language: str) -> Iterator[Token]:
    low, words = lower(text), _VOCABULARY.get(language, {})
    before, done, number = "", 0, ("", 0)
    for match in _PATTERNS[language].finditer(low):
        kind = str(match.lastgroup)
        start, end = match.span()
        if kind == "word":
            before = match[0]
            token = _word(text, low, start, end, words) if before in words else Token(start, end, "x", 0)
            done = token.end
            yield token
        elif kind == "mark":
            if start >= done:  # else the full stop of an abbreviation
                yield Token(start, end, _MARKS.get(match[0], ";"), 0)
        elif kind in ("number", "suffix"):
            # "12-5" after "No.": what a hyphen ties to a number that is no date is none either
            tied = number == ("n", start - 1) and low[start - 1] in "-‑/"
            kind, value = ("n", 0) if tied else _number(match, low, before, language)
            number = kind, end
            yield Token(start, end, kind, value)
        elif kind == "numeric":
            yield Token(start, end, "n" if _labelled(low, start, before) or _PART.match(low, end) else "#", 0)
        else:
            yield Token(start, end, "J" if kind == "lone" else "E", 0)


def _word(text: str, low: str, start: int, end: int, words: dict[str, tuple[str, int]]) -> Token:
    """A word of the vocabulary."""
    word = low[start:end]
    kind, value = words[word]
    if word in _CAPITAL_EN and not text[start].isupper():
        return Token(start, end, "x", 0)
    if (kind == "m" or word in _ABBREVIATIONS or word in _SHORT_DAYS) and low[end : end + 1] == ".":
        end += 1
    return Token(start, end, kind, value)


def _number(match: re.Match[str], low: str, before: str, language: str) -> tuple[str, int]:
    """Kind and value of a number: a day or year when it stands alone, "n" when it is a sum, a rank or a part of a name."""
    digits, suffix = match["number"], match["suffix"] or ""
    if not digits.isdigit() or _tied(match, low, before):
        return "n", 0
    value = int(digits) if len(digits) <= 4 else 0
    if len(digits) <= 2 and 1 <= value <= 31:
        return _day(suffix, language), value
    if len(digits) == 4 and 1000 <= value < 2100:
        return _year(value, suffix), value
    return "n", 0


def _tied(match: re.Match[str], low: str, before: str) -> bool:
    """Whether a sign or a letter beside the number makes it no date: "№ 5", "$3", "COVID-19", "3%"."""
    start, end = match.span()
    ahead, after = low[max(0, start - 2) : start], low[end : end + 1]
    if ahead[-1:].isalnum() or ahead.strip()[-1:] in tuple("№#$€₸₽£+<>=") or (after and after in "%$€₸₽°"):
        return True
    if _labelled(low, start, before):
        return True
    if (before in _HIJRI and ahead[:1].isalpha()) or _HIJRI_AFTER.match(low, end):
        return True
    hyphen = len(ahead) == 2 and ahead[1] in "-‑" and ahead[0].isalpha()
    return hyphen and before not in _JOINED


def _labelled(low: str, start: int, before: str) -> bool:
    """Whether the word before a number says what it counts: "No. 12", "clause 3.4.2020"."""
    gaps = ("", " ", "\u00a0") + ((".", ". ", ".\u00a0") if len(before) < 4 else ())
    return before in _NUMBERED and low[max(0, start - 8) : start].endswith(tuple(before[-3:] + gap for gap in gaps))


def _day(suffix: str, language: str) -> str:
    if language == "kk" and suffix and not suffix.endswith(("шы", "ші")):
        return "z" if suffix in _ABLATIVE else "p"
    return "n" if suffix == "s" else "D"


def _year(value: int, suffix: str) -> str:
    if value % 10 == 0 and suffix in _DECADE:
        return "K"
    if suffix.startswith("-"):
        return "V"
    return "n" if suffix else "R" if value % 500 == 0 else "Y"

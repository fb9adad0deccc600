"""Months and weekdays as people write them: every spelling with its number, in English, Kazakh and Russian.

Two uses. `MONTHS` is for a line that is known to be a date: any name in any of the languages. `FORMS` and `WEEKDAYS`
are for running text, where the grammatical case says whether a word is a date at all, so each form has its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_EN = "january february march april may june july august september october november december"
_EN_SHORT = "jan feb mar apr may jun jul aug sep oct nov dec"
_EN_OTHER = "x x x x x x x x sept x x x"
_RU = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
_RU_GENITIVE = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
_RU_PREPOSITIONAL = "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре"
_RU_DATIVE = "январю февралю марту апрелю маю июню июлю августу сентябрю октябрю ноябрю декабрю"
_RU_INSTRUMENTAL = "январем февралем мартом апрелем маем июнем июлем августом сентябрем октябрем ноябрем декабрем"
_RU_SHORT = "янв фев мар апр мая июн июл авг сен окт ноя дек"
_RU_CLDR = "янв февр мар апр мая июн июл авг сент окт нояб дек"
_KK = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"
_KK_SHORT = "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел"

#: Kazakh endings by month: genitive, dative, locative, ablative, accusative, instrumental; then the possessive form.
_KK_ENDINGS = (
    ("дың ға да дан ды мен", "қаңтары"),
    ("ның ға да нан ды мен", "ақпаны"),
    ("дың ға да дан ды бен", "наурызы"),
    ("дің ге де ден ді мен", "сәуірі"),
    ("дың ға да дан ды мен", "мамыры"),
    ("ның ға да нан ды мен", "маусымы"),
    ("нің ге де ден ні мен", "шілдесі"),
    ("дың ға да дан ды бен", "тамызы"),
    ("тің ке те тен ті пен", "қыркүйегі"),
    ("ның ға да нан ды мен", "қазаны"),
    ("ның ға да дан ны мен", "қарашасы"),
    ("ның ға да нан ды мен", "желтоқсаны"),
)

_EN_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_EN_WEEKDAYS_SHORT = "mon tue wed thu fri sat sun"
_EN_WEEKDAYS_OTHER = "x tues x thur x x x"
_EN_WEEKDAYS_THIRD = "x x x thurs x x x"
_RU_WEEKDAYS = "понедельник вторник среду четверг пятницу субботу воскресенье"
_RU_WEEKDAYS_OTHER = (
    "понедельника вторника среда четверга пятница суббота воскресенья",
    "понедельнику вторнику среды четвергу пятницы субботы воскресенью",
    "понедельником вторником среде четвергом пятнице субботе воскресеньем",
    "пн вт ср чт пт сб вс",
)
_KK_WEEKDAYS = "дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One written form of a month or weekday."""

    kind: str  #: a letter; see the tables below
    number: int  #: month 1 to 12, or weekday 1 (Monday) to 7


def _numbered(table: str) -> Iterator[tuple[str, int]]:
    """The names of a table with their numbers; "x" marks a month without that spelling."""
    return ((name, number) for number, name in enumerate(table.split(), start=1) if name != "x")


#: Any name, lower case, without its dot -> month; for lines that are nothing but a date.
MONTHS: dict[str, int] = {
    name: number
    for table in (_EN, _EN_SHORT, _RU_GENITIVE, _RU, _RU_SHORT, _RU_CLDR, _KK, _KK_SHORT, _EN_OTHER)
    for name, number in _numbered(table)
}


def _forms(**tables: str) -> dict[str, Form]:
    """Forms of several tables; the kind is the first letter of the argument, and an earlier argument wins."""
    made: dict[str, Form] = {}
    for name, table in tables.items():
        for word, number in _numbered(table):
            made.setdefault(word, Form(kind=name[0], number=number))
    return made


def _kazakh_months() -> dict[str, Form]:
    made: dict[str, Form] = {}
    for number, (name, (endings, possessive)) in enumerate(zip(_KK.split(), _KK_ENDINGS, strict=True), start=1):
        genitive, dative, locative, ablative, accusative, instrumental = (name + ending for ending in endings.split())
        soft = locative[-1] == "е"
        adjective = locative + ("гі" if soft else "ғы")
        plain = {"M": (name, accusative, instrumental), "G": (genitive,), "A": (dative,), "B": (ablative,)}
        owned = tuple(possessive + end for end in ("нің не нде нен ндегі" if soft else "ның на нда нан ндағы").split())
        for kind, words in (*plain.items(), ("L", (locative, adjective)), ("O", owned), ("N", (possessive,))):
            made |= {word: Form(kind=kind, number=number) for word in words}
    return made


def _kazakh_weekdays() -> dict[str, Form]:
    made: dict[str, Form] = {}
    for name, number in _numbered(_KK_WEEKDAYS):
        hard = name == "жұма"
        cases = ("ның", "ға", "да", "дан", "дағы") if hard else ("нің", "ге", "де", "ден", "дегі")
        made |= {word: Form(kind="w", number=number) for word in (name, *(name + case for case in cases))}
        made[name + cases[2]] = Form(kind="W", number=number)
    return made


#: Language -> lower-case form -> kind and month. Kinds: M the name itself (Kazakh: also accusative, instrumental),
#: m an abbreviation, G genitive, P prepositional, I dative or instrumental, L locative, A dative, B ablative,
#: N possessive ("ақпаны"), O its other cases ("ақпанында").
FORMS: Mapping[str, Mapping[str, Form]] = {
    "en": _forms(M=_EN, m=_EN_SHORT, m2=_EN_OTHER),
    "ru": _forms(
        G=_RU_GENITIVE, M=_RU, P=_RU_PREPOSITIONAL, I=_RU_DATIVE, I2=_RU_INSTRUMENTAL, m=_RU_SHORT, m2=_RU_CLDR
    ),
    "kk": _kazakh_months(),
}

#: The same for weekdays. W: the form that answers "when?" ("Tuesday", "вторник" after "во", "сейсенбіде"); w: any other.
WEEKDAYS: Mapping[str, Mapping[str, Form]] = {
    "en": _forms(W=_EN_WEEKDAYS, w=_EN_WEEKDAYS_SHORT, w2=_EN_WEEKDAYS_OTHER, w3=_EN_WEEKDAYS_THIRD),
    "ru": _forms(W=_RU_WEEKDAYS, **{f"w{n}": table for n, table in enumerate(_RU_WEEKDAYS_OTHER)}),
    "kk": _kazakh_weekdays(),
}

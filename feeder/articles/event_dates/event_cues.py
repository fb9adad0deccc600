"""The words around a date that say it is not the day of the main event, or that the event is still to come.

Questions for each language, each answered by one pattern on lower-case text (`folding.lower`: "ё" is "е"):

    BEFORE, BEFORE_YEAR                   "since ", "the anniversary of the ", "после ": what leads up to the date
    AFTER                                 " massacre", " бастап", " года рождения": what follows it
    TOLD_BEFORE, TOLD_AFTER               "said on ", " сообщили": the day somebody spoke of it
    AHEAD                                 anywhere in the sentence: "will be held", "состоится", "өтеді"
    MEMORY                                anywhere in the article: it tells of an anniversary, and old dates are its matter
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from feeder.model import Language


def _patterns(**sources: str) -> Mapping[Language, re.Pattern[str]]:
    return {language: re.compile(source) for language, source in sources.items()}


def _following(**sources: str) -> Mapping[Language, re.Pattern[str]]:
    """Patterns that begin where the date ends."""
    return _patterns(**{language: rf"\A(?:{source})" for language, source in sources.items()})


#: Ends where the date begins.
BEFORE = _patterns(
    en=(
        r"\b(?:since|until|till|by|before|after|following|from|dated|born|as of|of the events|in the wake of"
        r"|(?:began|begun|started|launched|founded|arrested|detained in|sentenced)"
        r"|(?:anniversary|memory|victims?|commemorat\w+|remember\w*) of)"
        r"\s+(?:(?:on|in)\s+)?(?:the\s+)?$"
        r"|\b(?:deadline|birthday)\b[^,;:]{0,30}$"
    ),
    ru=(
        r"\b(?:с|со|до|после|к|ко|от|накануне|начиная с|родил\w+"
        r"|(?:начал|стартовал)\w*(?:\s+(?:еще|в|во))?"
        r"|(?:памят|жертв|событи|трагеди|расстрел|разгон)\w*|годовщин\w*(?:\s\w+)?)\s+$"
        r"|\b(?:крайний срок|последний день|день рождения)\b[^,;:]{0,40}$|\b(?:данным|состоянию|сведениям) на\s+$"
    ),
    kk=(
        r"\b(?:дүниеге келген|туған күні)\s+$|\b(?:құрбандары|оқиғасы|қырғыны)\w*\s*[(–—-]\s*$"
        r"|\b(?:соңғы күні|мерзімі)\s*[–—-]?\s*$"
    ),
)

#: The same for a date with its year, farther off in the clause: "the victims of the flood on February 5, 1997",
#: while "remembered the victims of the flood on February 3" tells of February 3.
BEFORE_YEAR = _patterns(
    en=(
        r"\b(?:anniversary|memory|victims?|killed|died|shot|disappeared)\b[^,;:]{0,60}$"
        r"|\byears (?:since|after|before|ago)\b[^,;:]{0,60}$"
        # "the law of July 7, 2006", but "on the evening of"
        r"|(?<!evening )(?<!morning )(?<!afternoon )(?<!night )(?<!hours )\bof\s+$"
    ),
    ru=r"\b(?:годовщин|памят|жертв|событи|трагеди|расстрел|разгон|погиб|убит|пропал)\w*\s[^,;:]{0,60}$",
)

#: Begins where the date ends.
AFTER = _following(
    en=r"\s+(?:anniversary|massacre|attacks?|killings?|crackdown|events|violence|uprising|unrest|tragedy)\b",
    ru=r"\s+(?:года\s+)?рождения\b",
    kk=(
        r"\s+(?:күні(?:нен|не)?\s+)?(?:бастап|дейін|бері|кейін|соң|бұрын|қарсаңында|туған|дүниеге"
        r"|(?:оқиға|құрбан|трагедия|қырғын|көтеріліс|қақтығыс|жылдығы|наразылығының|мәлімет)\w*)"
    ),
)

#: The number of a law or order beside its date: "03.02.2019 № 12-5".
PAPER = re.compile(r"\s?(?:г\.|года|ж\.)?\s?(?:№|\bno\.\s?\d)")

#: "moved from June 11 to July 2" is no interval.
MOVED = _patterns(en=r"\b(?:moved|postponed|rescheduled|shifted|delayed|changed)(?:\s\w+)?\s+from\s+$")

#: The form of a date with its year that only says which: "2006 жылғы 7 шілдедегі заң".
ATTRIBUTE = _patterns(kk=r"(?:[дт]ағы|[дт]егі)$")

#: The same by what follows it: "1923 жылғы 9 маусымда ашылған диірмен".
ATTRIBUTE_AFTER = _following(
    kk=r"\s+(?:күні\s+)?(?:\w+\s+){0,2}?\w{2,}(?:[ғқ]ан|[гк]ен)\s+(?!(?:еді|болатын|екен|жоқ|соң|кезде|шақта|сәтте|деп|деген)\b)\w"
)

#: "from June 11", the form of a day that only begins something.
ORIGIN = _patterns(kk=r"[дтн][ае]н$")

#: What may stand before the date with which a story sets out.
OPENING = re.compile(
    r"\W*(?:(?:(?:early |late )?[io]n(?: the)?(?: (?:morning|evening|night|afternoon) of)?"
    r"|во?(?: ночь на)?|(?:(?:рано |поздно )?(?:утром|вечером|днем|ночью)))\b)?\W*"
)

TOLD_BEFORE = _patterns(
    en=r"\b(?:said|told [^,;:]{1,40}|announced|reported|stated|confirmed|wrote)\s+(?:late\s+|early\s+)?(?:on\s+)?$",
    ru=r"\b(?:сообщил|заявил|рассказал|написал|подтвердил|объявил)\w*\s+(?:\w+\s+){0,2}?(?:(?:в|во)\s+)?$",
    kk=r"\b(?:хабарлады|мәлімдеді|айтты|деді|жариялады)\s+(?:\w+\s+){0,2}$",
)
TOLD_AFTER = _following(
    en=r"\s+(?:said|told|announced|reported|statement)\b",
    ru=r"\s+(?:сообщил|заявил|рассказал|написал|подтвердил|объявил)\w*",
    kk=r"\s+(?:күні\s+)?(?:\S+\s+){0,2}(?:хабарлады|хабарлаған|мәлімдеді|мәлімдеген|айтты|айтқан|жариялады)\b",
)

#: The sentence speaks of what is still to come.
AHEAD = _patterns(
    en=(
        r"\b(?:will|shall|(?:is|are) to|due|scheduled|set for|plans?|planned|planning|expected|upcoming)\b"
        r"|\b(?:postponed|adjourned|rescheduled|moved|delayed) (?:until|till|to)\b|\bhas until\b"
        r"|\bnext (?:hearing|session|meeting|round|trial|sitting)\b"
    ),
    ru=(
        r"\b(?:буд[еу]т|состо[ия]тся|пройд[еу]т|начн[еу]тся|намечен|запланирован|назначен|планиру|предстоящ"
        r"|(?:откро|закро)[ею]тся|заверш[ия]тся|законч[иа]тся|соберутся|прибуд[еу]т|выйд[еу]т|вступ[ия]т в силу"
        r"|рассмотр[ия]т|прим[еу]т|нач[нж][еу]т|пере(?:нес|нош)|отлож(?:ил|ен))\w*"
    ),
    # the passive and the reciprocal in the present, which is the future beside a date: "ашылады", "кездеседі"
    kk=(
        r"(?:өтеді|өтпек|болады|болмақ|жоспарла|жоспарды|тағайындал|белгіленді|басталады|басталмақ)"
        r"|\w(?:[ыі]л|лан|лен|дан|ден|тан|тен|тал|дес|тес)[ае]д[ыі]\b|(?:л|с|н)[мпб](?:ақ|ек)\b|\b(?:ашады|алады|береді|барады|келеді)\b"
        r"|(?:шегер|ауыстыр|кейінге қалдыр)[ыі]л"
    ),
)

#: The article remembers something.
MEMORY = _patterns(
    en=r"\b(?:anniversar|commemorat|in memory|remembrance|memorial)\w*",
    ru=r"\b(?:годовщин|поминальн|поминовени|памят|почтил)\w*",
    kk=r"\b(?:жылдығы|еске ал|еске түсір|ас бер|құран бағышта)\w*",
)

#: A photograph that may be older than the story.
ARCHIVE = re.compile(r"\b(?:archive|file photo|архив|мұрағат)\w*")

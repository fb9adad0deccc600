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


#: Ends where the date begins.
BEFORE = _patterns(
    en=(
        r"\b(?:since|until|till|by|before|after|following|from|dated|born|as of|of the events|in the wake of"
        r"|(?:began|begun|started|launched|founded|arrested|detained in|sentenced)"
        r"|(?:anniversary|memory|victims?|commemorat\w+|remember\w*) of)"
        r"\s+(?:(?:on|in)\s+)?(?:the\s+)?$"
    ),
    ru=(
        r"\b(?:с|со|до|после|к|ко|от|накануне|начиная с|родил\w+"
        r"|(?:начал|стартовал)\w*(?:\s+(?:еще|в|во))?"
        r"|(?:памят|жертв|событи|трагеди|расстрел|разгон)\w*|годовщин\w*(?:\s\w+)?)\s+$"
    ),
    kk=r"\b(?:дүниеге келген|туған күні)\s+$|\b(?:құрбандары|оқиғасы|қырғыны)\w*\s*[(–—-]\s*$",
)

#: The same for a date with its year, farther off in the clause: "the victims of the flood on February 5, 1997",
#: while "remembered the victims of the flood on February 3" tells of February 3.
BEFORE_YEAR = _patterns(
    en=r"\b(?:anniversary|memory|victims?|killed|died|shot|disappeared)\b[^,;:]{0,60}$",
    ru=r"\b(?:годовщин|памят|жертв|событи|трагеди|расстрел|разгон|погиб|убит|пропал)\w*\s[^,;:]{0,60}$",
)

#: Begins where the date ends.
AFTER = _patterns(
    en=r"\s+(?:anniversary|massacre|attacks?|killings?|crackdown|events|violence|uprising|unrest|tragedy)\b",
    ru=r"\s+(?:года\s+)?рождения\b",
    kk=(
        r"\s+(?:күні(?:нен|не)?\s+)?(?:бастап|дейін|бері|кейін|соң|бұрын|қарсаңында|туған|дүниеге"
        r"|(?:оқиға|құрбан|трагедия|қырғын|көтеріліс|қақтығыс|жылдығы|наразылығының)\w*)"
    ),
)

TOLD_BEFORE = _patterns(
    en=r"\b(?:said|told [^,;:]{1,40}|announced|reported|stated|confirmed|wrote)\s+(?:late\s+|early\s+)?(?:on\s+)?$",
    ru=r"\b(?:сообщил|заявил|рассказал|написал|подтвердил|объявил)\w*\s+(?:(?:в|во)\s+)?$",
)
TOLD_AFTER = _patterns(
    en=r"\s+(?:said|told|announced|reported|statement)\b",
    ru=r"\s+(?:сообщил|заявил|рассказал|написал|подтвердил|объявил)\w*",
    kk=r"\s+(?:күні\s+)?(?:\S+\s+){0,2}(?:хабарлады|хабарлаған|мәлімдеді|мәлімдеген|айтты|айтқан|жариялады)\b",
)

#: The sentence speaks of what is still to come.
AHEAD = _patterns(
    en=r"\b(?:will|shall|(?:is|are) to|due|scheduled|set for|plans?|planned|planning|expected|upcoming)\b",
    ru=r"\b(?:буд[еу]т|состо[ия]тся|пройд[еу]т|начнется|намечен|запланирован|назначен|планиру|предстоящ)\w*",
    kk=r"(?:өтеді|өтпек|болады|болмақ|жоспарла|жоспарды|тағайындал|белгіленді|басталады|басталмақ)",
)

#: The article remembers something.
MEMORY = _patterns(
    en=r"\b(?:anniversar|commemorat|in memory|remembrance|memorial)\w*",
    ru=r"\b(?:годовщин|поминальн|поминовени|памят|почтил)\w*",
    kk=r"\b(?:жылдығы|еске ал|еске түсір|ас бер|құран бағышта)\w*",
)

#: A photograph that may be older than the story.
ARCHIVE = re.compile(r"\b(?:archive|file photo|архив|мұрағат)\w*")

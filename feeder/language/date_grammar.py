"""How a date is put together in English, Kazakh and Russian: patterns over the kinds of `date_words`.

Every pattern is a regular expression in which one letter is one token, with one addition: "<name:X>" is a named group,
and a name may come twice in a pattern. The names say what a token is:

    day month year, day2 month2 year2   a point, and the end of an interval
    weekday                             as written beside the date
    rel                                 what makes it relative: "yesterday", "last year", "two days ago"
    approx season decade numeric        what they say
    bare                                a month that nothing but its ending makes a date
    pair                                days named one by one; an interval only when they adjoin
    tens, tens2                         of a day in words: "жиырма бірінші"

No pattern repeats without a bound, so a search is linear in the length of the text. `date_text` takes the longest
reading at each place.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

# --- English -------------------------------------------------------------------------------------

_EN_COUNTS = "(?![cdyuk])"  #: "12 people", "2000 days"
_EN_BEFORE = r"(?:<approx:C>)?(?:<rel:Z>,?(?P<open>\()?)?(?:<weekday:[Ww]>,?(?P<open2>\()?)?"
_LIST = "(?:,D){0,6}"  #: the days between the first and the last of a list
_CLOSE = r"(?(open)\))(?(open2)\))"
_EN_DAY, _EN_DAY2 = f"<day:D>{_EN_COUNTS}", f"<day2:D>{_EN_COUNTS}"
_EN_MONTH, _EN_MONTH2 = "<month:[MmA]>", "<month2:[MmA]>"
_EN_YEAR = f"(?:,?o?<year:[YR]>(?!-D){_EN_COUNTS}|,?o?<rel:ly>)?"
_EN_YEAR2 = f"(?:,?o?<year2:[YR]>(?!-D){_EN_COUNTS}|,?o?<rel:ly>)?"
_EN_ALONE = "(?!['dS])"  #: not "May's", "May Day", "March Street"

_ENGLISH = (
    f"{_EN_BEFORE}{_EN_MONTH}{_EN_DAY}{_EN_YEAR}(?!S){_CLOSE}",
    f"{_EN_BEFORE}h?{_EN_DAY}o?{_EN_MONTH}{_EN_YEAR}(?![dS]){_CLOSE}",
    f"{_EN_BEFORE}(?:<tens:q>-?)?<day:T>o{_EN_MONTH}{_EN_YEAR}(?!S){_CLOSE}",
    f"<day:D>-{_EN_MONTH}-<year:[YR]>",
    f"(?<=h){_EN_MONTH}<day:D>(?=c)",
    f"{_EN_BEFORE}<numeric:#>{_CLOSE}",
    f"{_EN_MONTH}<day:D>(?:,?<year:[YR]>,?)?[-t]{_EN_MONTH2}?h?{_EN_DAY2}{_EN_YEAR2}",
    f"<day:D>(?:{_EN_MONTH}<year:[YR]>?)?[-t]h?{_EN_DAY2}o?{_EN_MONTH2}{_EN_YEAR2}",
    f"{_EN_MONTH}<day:D><pair:{_LIST},?a>{_EN_DAY2}{_EN_YEAR2}",
    f"{_EN_MONTH}<day:D><pair:a>{_EN_MONTH2}{_EN_DAY2}{_EN_YEAR2}",
    f"<day:D><pair:{_LIST},?a>{_EN_DAY2}o?{_EN_MONTH2}{_EN_YEAR2}",
    f"<day:D>(?=(?:,D){{0,6}},?aDo?{_EN_MONTH}{_EN_YEAR})",
    f"(?<=f){_EN_MONTH}<day:D>a{_EN_MONTH2}?{_EN_DAY2}{_EN_YEAR2}",
    f"(?<=f)<day:D>{_EN_MONTH}?a{_EN_DAY2}{_EN_MONTH2}{_EN_YEAR2}",
    # month and year, month alone
    f"(?:<approx:[eC]>-?o?)?{_EN_MONTH}(?:,?o?<year:[YR]>(?!-D){_EN_COUNTS}|o?<rel:ly>)",
    f"{_EN_MONTH}<year:[YR]>?(?:[-t]|<pair:a>){_EN_MONTH2},?<year2:[YR]>{_EN_COUNTS}",
    f"(?<=[if])<month:[MA]>[-t]<month2:[MA]>{_EN_ALONE}",
    f"(?<!b)<rel:l><month:[MA]>(?!D){_EN_ALONE}",
    f"(?<=i)<month:[MA]>{_EN_ALONE}",
    f"(?<=[fto])<month:M>{_EN_ALONE}",
    f"<approx:e>-?o?<month:[MA]>{_EN_ALONE}",
    # years
    f"(?<=[ify])<year:[YR]>(?!-[DY]){_EN_COUNTS}",
    f"(?<=[oht])<year:Y>(?!-[DY]){_EN_COUNTS}",
    r"(?<=\()<year:[YR]>(?=\))",
    f"<approx:e>-?o?(?:<year:[YR]>(?!-[DY]){_EN_COUNTS}|<rel:ly>)",
    "<approx:C><year:[YR]>(?![xcdyuk-])",
    r"(?<=f)<year:Y>[-ta]<year2:Y>(?!-)|(?<=[ioh(])<year:Y>-<year2:Y>(?![c-])",
    f"<season:s>o?<year:[YR]>{_EN_COUNTS}",
    "(?:<approx:[eC]>-?o?h?)?<decade:K>",
    # relative
    "<rel:Z|diZ>",
    "<rel:l[yuk]>",
    "(?<!q)(?<!q-)<rel:(?:q-?)?[Dq][dkuy]g>",
    "(?<!b)<rel:l><weekday:W>(?!j)",
    "(?<!b)<weekday:W>(?!j)",
)

# --- Russian -------------------------------------------------------------------------------------

_RU_BEFORE = r"(?:<approx:C>)?(?:<rel:Z>,?(?P<open>\()?)?(?:v?<weekday:[Ww]>,?(?P<open2>\()?)?"
_RU_WEEKDAY = r"(?:,v?<weekday:[Ww]>|\(v?<weekday:[Ww]>\))?"
_RU_YEARS = "(?:<year:[YR]>(?!-[DY])(?:y|(?!c))|<year:V>y?|<rel:ly|J>)"
_RU_YEARS2 = _RU_YEARS.replace("year", "year2")
_RU_ONLY = "(?:<year:[YR]>y|<year:V>y?)"  #: a year that a word or an ending makes one
_RU_MONTH, _RU_MONTH2 = "<month:[Gm]>", "<month2:[Gm]>"

_RUSSIAN = (
    f"{_RU_BEFORE}<day:D>-?{_RU_MONTH}(?:,?{_RU_YEARS})?{_CLOSE}{_RU_WEEKDAY}",
    f"{_RU_BEFORE}(?:<tens:q>)?<day:T>{_RU_MONTH}(?:,?{_RU_YEARS})?{_CLOSE}{_RU_WEEKDAY}",
    f"{_RU_BEFORE}<numeric:#>y?{_CLOSE}{_RU_WEEKDAY}",
    f"<day:D>(?:{_RU_MONTH}(?:<year:[YRV]>y?,?)?)?[-t]<day2:D>{_RU_MONTH2}(?:,?{_RU_YEARS2})?",
    f"<day:D><pair:{_LIST}a><day2:D>{_RU_MONTH2}(?:,?{_RU_YEARS2})?",
    f"(?<=f)<day:D>{_RU_MONTH}?a<day2:D>{_RU_MONTH2}(?:,?{_RU_YEARS2})?",
    f"<day:D>(?=(?:,D){{0,6}}aD{_RU_MONTH}{_RU_YEARS}?)",
    # month and year, month alone
    f"(?:<approx:[eC]>v?)?<month:[MGPIm]>,?{_RU_YEARS}",
    "<month:[MGP]>(?:<year:[YRV]>y?)?(?:[-t]|<pair:a>)v?<month2:[MGP]>(?:<year2:[YR]>(?:y|(?!c))|<year2:V>y?)",
    "(?<=[vf])<month:[GP]>[-t]<month2:[MGP]>",
    "(?<!b)<rel:l><month:[MGP]>",
    "(?<=v)<month:P>|(?<=[ft])<month:[GI]>|(?<=t)<month:M>",
    "<approx:e><month:G>",
    # years
    f"(?:<approx:[eC]>v?)?{_RU_ONLY}(?!g)",
    "<approx:e><rel:ly>",
    "<year:[YRV]>y?[-t](?:<year2:[YR]>y|<year2:V>y?)",
    "(?<=f)<year:Y>a<year2:Y>y|<year:Y>(?=(?:,Y){0,6}aYy)|(?<=,)<year:Y>(?=(?:,Y){0,5}aYy)",
    r"(?<=\()<year:[YR]>(?=\))",
    f"<season:s>{_RU_YEARS}",
    "(?:<approx:[eC]>)?<decade:K>y?",
    # relative
    "<rel:Z>",
    "<rel:l[yuk]|J>",
    "(?<!q)(?<!q-)<rel:q?[Dq][dkuyX]g>|(?<![qDYRn])<rel:[dkuy]g>",
    "(?<=v)<rel:l><weekday:W>",
    "(?<=v)<weekday:W>(?!j)",
)

# --- Kazakh --------------------------------------------------------------------------------------

_KK_BEFORE = r"(?:<approx:C>)?(?:<rel:Z>,?(?P<open>\()?)?(?:<weekday:[Ww]>d?,?(?P<open2>\()?)?"
_KK_WEEKDAY = r"(?:,?<weekday:[Ww]>d?|\(<weekday:[Ww]>d?\))?"
_KK_YEARS = "(?:(?:<year:[YRV]>-?y?|<rel:ly>|<rel:J>y?),?)"
_KK_YEARS2 = _KK_YEARS.replace("year", "year2")
_KK_LATER = "(?:,?<year:[YR]>(?!-[DY])(?:-?y|(?!c))(?!g))"  #: "26 желтоқсан, 2012"
_KK_LATER2 = _KK_LATER.replace("year", "year2")
_KK_MONTH, _KK_MONTH2 = "<month:[MGLABO]>", "<month2:[MGLABO]>"

_KAZAKH = (
    f"{_KK_BEFORE}{_KK_YEARS}?<day:D>-?{_KK_MONTH}(?!S){_CLOSE}{_KK_WEEKDAY}",
    f"{_KK_BEFORE}<day:D>-?<month:M>{_KK_LATER}{_CLOSE}{_KK_WEEKDAY}",
    f"{_KK_YEARS}<day:D>-?<month:N>",
    f"{_KK_BEFORE}<numeric:#>-?y?{_CLOSE}{_KK_WEEKDAY}",
    f"{_KK_BEFORE}{_KK_YEARS}?(?:<tens:q>)?<day:T>(?:<month:[GLABON]>|<month:M>(?=d))(?!S){_CLOSE}{_KK_WEEKDAY}",
    f"{_KK_YEARS}?(?:<month:G>u?|<month:M>u)(?:(?:<tens:q>)?<day:p>|<day:z>|<day:D>(?=d))",
    f"{_KK_YEARS}?(?:<month:G>u?|<month:M>u)(?:(?:<tens:q>)?<day:p>|<day:[Dz]>)[-a]?(?:<tens2:q>)?<day2:p>",
    f"{_KK_YEARS}?<day:D>-<day2:D>-?{_KK_MONTH2}(?!S){_KK_LATER2}?",
    f"{_KK_YEARS}?<day:z><day2:D>-?{_KK_MONTH2}",
    f"{_KK_YEARS}?<day:D>-?<month:B>{_KK_YEARS2}?<day2:D>-?<month2:[AO]>(?=t)",
    f"{_KK_YEARS}?<day:D>-?<pair:<month:B>>{_KK_YEARS2}?<day2:D>-?<month2:[AO]>",
    f"{_KK_YEARS}?<day:D>-?<month:M>-{_KK_YEARS2}?<day2:D>-?{_KK_MONTH2}{_KK_LATER2}?",
    "<day:D>-?<month:M>,?<year:[YR]>y?-<day2:D>-?<month2:M>,?<year2:[YR]>y?",
    f"{_KK_YEARS}?<day:D>(?:-?<month:M>)?a{_KK_YEARS2}?<day2:D>-?{_KK_MONTH2}(?=r)",
    f"{_KK_YEARS}?<day:D><pair:{_LIST}a><day2:D>-?{_KK_MONTH2}(?!S)",
    f"{_KK_YEARS}?<day:D>(?=(?:,D){{0,6}}aD-?{_KK_MONTH})",
    # month and year, month alone
    f"{_KK_YEARS}<month:[MGLABON]>(?:u?<approx:e>|u)?(?!S)",
    f"<month:M>{_KK_LATER}",
    f"{_KK_YEARS}<month:M>(?:-|<pair:a>){_KK_YEARS2}?<month2:[MGLABON]>u?|<month:M>(?:-|<pair:a>)(?:<month2:M>u|<month2:[LAB]>u?)",
    f"{_KK_YEARS}?<month:B>{_KK_YEARS2}?<month2:A>",
    "<rel:l>(?:<month:L>u?|<month:M>u)",
    "<month:M>u(?!p)<approx:e>?|<month:G><approx:e>",
    "(?<![D-])<bare:L>",
    # years
    "<year:[YRV]>-?yT?<approx:[eC]>|<approx:C>?<year:[YRV]>-?y(?![gc])",
    "(?:<rel:ly>|<rel:J>y?)<approx:e>?",
    r"(?<=\()<year:[YR]>(?=\))",
    "<year:[YR]>-<year2:[YR]>-?[Qy]",
    "(?<![,a])(?:<decade:[YRV]>-?Q<approx:[eC]>|(?:<approx:C>)?<decade:[YRV]>-?Q)",
    "(?<=[,a])<year:[YR]>-?Q|<year:Y>(?=(?:,Y){0,6}a[YR]-?[Qy])|<year:[YR]>-?y<year2:[YR]>-?y(?=t)",
    "<year:[YR]>-?y?<season:s>",
    # relative
    "<rel:Z>",
    "<rel:l[uk]>",
    "(?<!q)(?<!q-)<rel:(?:q-?)?[Dq][dkuy]g>",
    "<rel:l>(?:<weekday:W>|<weekday:w>d)",
    "(?<!b)(?:<weekday:W>(?!j)|<weekday:w>d)",
)


def _compile(pattern: str) -> re.Pattern[str]:
    """The pattern with its "<name:" groups numbered, so that a name may come twice."""
    count = itertools.count(1)
    named = re.sub(r"<([a-z]+2?):", lambda name: f"(?P<{name[1]}_{next(count)}>", pattern)
    return re.compile(re.sub(r"(?<!P<open)(?<!P<open2)(?<!_\d)(?<!_\d\d)>", ")", named))


#: Language -> its patterns.
GRAMMAR: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "en": tuple(map(_compile, _ENGLISH)),
    "ru": tuple(map(_compile, _RUSSIAN)),
    "kk": tuple(map(_compile, _KAZAKH)),
    "": (re.compile("(?P<numeric_1>#)"),),
}


def names(match: re.Match[str]) -> dict[str, tuple[int, int]]:
    """Name -> first and last (exclusive) token of each group that took part."""
    found = ((name.partition("_")[0], match.span(name)) for name, part in match.groupdict().items() if part)
    return dict(found)

"""What stands around a name and tells whether it is a place: type words, prepositions, words of moving, joining words.

What is more than a word is data: see `phrases`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from feeder.language.lexicon import Words
from feeder.model import Language

_SENTENCE_END = re.compile(r"[.!?…\n]")
_SHORTENED = re.compile("г|с|п|д|т|ст|ул|пр|пос|им|св|обл|ауд|қ|б|ж|м|st|mt|dr|mr|ms|mrs|ft|no")
_LINK = re.compile(r"[\s\-–/«»“”„\"'(]{1,3}")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


class Pattern:
    """Some words; "*" at the end stands for any ending. `word in pattern` is one look-up and one comparison."""

    __slots__ = ("_heads", "_whole")

    def __init__(self, *words: str) -> None:
        self._whole = frozenset(word for word in words if word[-1] != "*")
        self._heads = tuple(word[:-1] for word in words if word[-1] == "*")

    def __contains__(self, word: str) -> bool:
        return word in self._whole or word.startswith(self._heads)

    def __bool__(self) -> bool:
        return bool(self._whole or self._heads)


_NOTHING = Pattern()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The words of one language."""

    town_after: Pattern = _NOTHING  #: "қаласы": the name before is a town
    town_before: frozenset[str] = frozenset()  #: "город"
    is_town: frozenset[str] = frozenset()  #: "город", after a dash: "Навои — город"
    civic_after: Pattern = _NOTHING  #: "тұрғындары": what towns have and persons have not
    civic_before: Pattern = _NOTHING  #: "жители"; in English before "of"
    seats_after: Pattern = _NOTHING  #: "кеден", after "Достықтағы"
    nature_after: Pattern = _NOTHING  #: "өзені": the name before is of something else, if not of a water or an area
    moved_before: Pattern = _NOTHING  #: "fled", before "to" or "from": people are not gone to
    moved_after: Pattern = _NOTHING  #: "келген", after "Таластан"
    other_after: Pattern = _NOTHING  #: "көшесі": the name before is of something else
    other_before: frozenset[str] = frozenset()  #: "улица", before a doubtful name
    street_before: frozenset[str] = frozenset()  #: "проспект", before any name
    water_before: frozenset[str] = frozenset()  #: "озеро", before the name of a town
    shore_before: Pattern = _NOTHING  #: "на берегу": of namesakes the water is meant
    shore_after: Pattern = _NOTHING  #: "жағасында"
    named_before: Pattern = _NOTHING  #: "ship", "hotel": the name after it is its own
    works_after: Pattern = _NOTHING  #: "газеті": the quoted name before is its own
    firms: frozenset[str] = frozenset()  #: "bank": capitalised, it ends the name of a company, school or paper
    titled_after: frozenset[str] = frozenset()  #: like other_after, when capitalised: "Street"
    region_after: Pattern = _NOTHING  #: "облысы": after a town, another place than the town
    plural_after: Pattern = _NOTHING  #: "аудандары": after a list of names of something else
    near: dict[str, frozenset[str]] = field(default_factory=dict)  #: preposition -> cases after it
    inside: frozenset[str] = frozenset()  #: prepositions that do not stand before persons
    joining: frozenset[str] = frozenset()  #: "and"
    openers: frozenset[str] = frozenset()  #: words that often begin a sentence, and are no given names
    persons: tuple[str, ...] = ()  #: how surnames and patronymics end
    inflected: tuple[str, ...] = ()  #: how words with an ending end, which given names before a surname have not
    own_after: Pattern = _NOTHING  #: "университеті": the name before is its own, adjectives may stand between
    companies: Pattern = _NOTHING  #: what a quoted name is a name of: "клуб"


_NEAR_EN = _set(
    "in at near from to of outside around into via through toward towards between across leaving reach reached renamed"
)
_GENITIVE, _PLACE = frozenset({"gen"}), frozenset({"loc", "acc", "nom"})

_CIVIC = (
    "residents",
    "authorities",
    "police",
    "officials",
    "prosecutors",
    "mayor",
    "governor",
    "airport",
    "hospital",
    "court",
    "government",
    "parliament",
    "president",
    "prime",
    "minister",
    *("port", "seaport", "railway", "prison", "jail", "activist", "activists", "journalist", "journalists", "mosque"),
    *(
        "schools",
        "hospitals",
        "courts",
        "prosecutor",
        "teacher",
        "teachers",
        "miners",
        "workers",
        "locals",
        "refinery",
        "airbase",
    ),
)

_ENGLISH = Cues(
    town_after=Pattern("city", "town", "village"),
    town_before=_set("city town village port settlement capital"),
    civic_after=Pattern(*_CIVIC),
    civic_before=Pattern(*_CIVIC, "outskirts", "streets", "people", "akim", "akimat"),
    other_after=Pattern("district", "districts", "county", "strait"),
    nature_after=Pattern("river", "lake", "mountains", "range", "basin"),
    moved_before=Pattern(
        *(
            "go",
            "goes",
            "going",
            "went",
            "gone",
            "been",
            "fled",
            "flee",
            "flees",
            "fly",
            "flew",
            "flown",
            "flight*",
            "came",
        ),
        *(
            "trip",
            "trips",
            "travel*",
            "move",
            "moved",
            "moves",
            "return*",
            "deport*",
            "extradit*",
            "visit",
            "visits",
            "back",
        ),
        *(
            "sent",
            "taken",
            "brought",
            "drove",
            "drive",
            "bound",
            "way",
            "people",
            "refugees",
            "migrants",
            "workers",
            "exports",
        ),
        *(
            "transferred",
            "road",
            "train",
            "trains",
            "bus",
            "buses",
            "convoy",
            "route",
            "pipeline",
            "miles",
            "kilometers",
        ),
        *("kilometres", "km", "arrived", "men", "women", "students", "families", "envoy", "ambassador"),
        *("man", "woman", "student", "family", "journalist*", "activist*", "lawyer*", "teacher*", "farmer*", "native*"),
        *("driver*", "miner*", "resident*", "blogger*", "reporter*", "passenger*", "couple", "brothers", "sisters"),
    ),
    other_before=_set("saint st"),
    water_before=_set("lake river mount mt"),
    shore_before=Pattern("shore", "shores", "level", "levels", "waters", "bank", "banks", "basin", "delta", "on"),
    shore_after=Pattern("shore", "shores", "shoreline", "level", "levels", "waters", "basin", "delta"),
    named_before=Pattern(
        *("ship", "vessel", "ferry", "tanker", "steamer", "yacht", "band", "hotel", "restaurant", "cafe", "cinema"),
        *("brand", "newspaper", "magazine", "nightclub", "stadium"),
    ),
    firms=_set(
        "bank airlines airways university institute corporation company group holding review school college ltd inc"
        " telecom petroleum insurance gazette polytechnic conservatory organisation organization agreement agreements"
        " accord accords declaration convention conventions prize award awards festival biennale battalion regiment"
        " brigade khanate cosmodrome daily weekly orchestra philharmonic ballet theatre theater cathedral"
        " patriarchate forum symphony fc pact choir ghetto format platform emirate express bulletin tribunal"
    ),
    titled_after=_set(
        "arena opera tower towers plaza expo marathon street avenue"
        " square park stadium boulevard road hotel mall bridge valley desert wall spring underground bazaar"
        " garden gardens open cup polygon marathon club independent chronicle standard insider mirror"
    ),
    region_after=Pattern("region", "oblast", "province", "regions", "oblasts", "provinces", "krai"),
    plural_after=Pattern("districts", "regions", "provinces", "oblasts"),
    near=dict.fromkeys(_NEAR_EN, frozenset({"nom"})),
    inside=_set("in near outside around renamed"),
    joining=_set("and or in to for via now formerly"),
    openers=_set(
        "the this that these those when while where if but though although because since as after before until once then"
        " now today yesterday meanwhile however also even only both neither either neighbouring neighboring unlike like"
        " not no so yet whether why how what all most many some against with for by under over about without last next"
        " police officials prosecutors authorities court courts villagers residents protesters activists lawyers president"
        " miners workers mayor governor deputies is are was did does will near inside outside central downtown northern"
        " southern eastern western greater former old visit leaving from reaching"
    ),
    persons=("ov", "ova", "ev", "eva", "uly", "qyzy", "kyzy", "ovich", "ovna", "evich", "evna"),
)
_KAZAKH = Cues(
    is_town=_set("қала ауыл кент астана"),
    town_after=Pattern("қаласы*", "қалалары*", "ауылы*", "кенті*", "селосы*", "поселкесі*", "станциясы*"),
    civic_after=Pattern(
        *("тұрғыны*", "тұрғындары*", "әкімі*", "әкімдігі*", "полициясы*", "прокуратурасы*", "соты", "сотында"),
        *("әуежайы*", "ауруханасы*", "маңы*", "түбінде*", "бағытында*", "болып"),
    ),
    other_after=Pattern(
        *("ауданы*", "аудандары*", "көшесі*", "көшелері*", "даңғылы*", "алаңы*", "проспектісі*"),
        *("ықшамауданы*", "шағынауданы*", "мөлтекауданы*", "округі*", "бұғазы*"),
    ),
    moved_after=Pattern(
        "кел*", "шық*", "қайт*", "көш*", "кет*", "жет*", "ұш*", "аттан*", "барған*", "барды", "барып", "оралған"
    ),
    nature_after=Pattern("өзені*", "көлі*", "тауы*", "таулары*", "жотасы*", "шатқалы*", "алабы*"),
    region_after=Pattern("облысы*", "облыстары*", "өлкесі*", "аймағы*", "аймақтары*", "провинциясы*"),
    plural_after=Pattern("аудандары*", "облыстары*", "көшелері*"),
    shore_after=Pattern(
        "жағасы*", "жағалауы*", "суы*", "деңгейі*", "бассейні*", "алабы*", "атырауы*", "тартыл*", "таяз*"
    ),
    works_after=Pattern(
        *("марафоны*", "фестивалі*", "сыйлығы*", "премиясы*", "батальоны*", "полкі*", "ансамблі*", "байқауы*"),
        *("жарысы*", "турнирі*", "радиосы*", "санаторийі*", "базары*", "бренді*", "конкурсы*"),
        *("газеті*", "журналы*", "клубы*", "командасы*", "телеарнасы*", "арнасы*", "басылымы*", "агенттігі*"),
        *(
            "әуекомпания*",
            "авиакомпания*",
            "қоры*",
            "ұйымы*",
            "қозғалысы*",
            "жобасы*",
            "қонақүйі*",
            "мейрамханасы*",
            "стадионы*",
            "банкі*",
            "партиясы*",
            "тобы",
        ),
        *("компаниясы*", "фирмасы*", "фильмі*", "фильм", "сайты*", "порталы*", "романы*", "кеме*", "бәсекелесі*"),
    ),
    seats_after=Pattern("кеден*", "бекет*", "түрме*", "колония*", "станса*", "станция*", "елшілі*", "әкімдік*", "сот*"),
    joining=_set("мен бен пен және қазіргі"),
    openers=_set(
        "ал бірақ сондықтан сондай қазір бүгін кеше ертең осы сол бұл ол олар егер алайда дегенмен сонымен тек кейін"
        " бұған соған мұнда сонда көрші сот полиция әкім президент министр депутат адвокат прокурор журналист белсенді"
        " тергеуші тұрғын премьер делегация жаңа ескі бұрынғы біз сіз мен сен көп кей кейбір барлық бүкіл елші шахтер"
        " үкімет парламент поезд пойыз автобус ұшақ жүк жол биыл былтыр қазіргі тілші ұйғыр қазақ тағы ең"
    ),
    persons=("ов", "ова", "ев", "ева", "ұлы", "қызы", "улы", "кызы", "ович", "евич", "овна", "евна", "тегі"),
    inflected=("ның", "нің", "дың", "дің", "тың", "тің", "лары", "лері", "дары", "дері", "тары", "тері"),
    own_after=Pattern(
        *("университеті*", "конвенция*", "келісімі*", "келісімін*", "декларация*", "марафоны*", "қонақүйі*"),
        *("институты*", "академиясы*", "филармониясы*", "кинофестивалі*", "премьер-лигасы*", "опера*", "арена*"),
    ),
    companies=Pattern("жшс", "ақ", "кеақ", "фк", "хк", "бк"),
)
#: what is often called after a place, without inflecting the name
_WORKS = (
    *("клуб*", "гостиниц*", "отель", "отеля", "отеле", "отелю", "газет*", "компани*", "телеканал*", "канал", "канала"),
    *("стадион*", "трц", "тц", "ресторан*", "кафе", "авиакомпани*", "издани*", "журнал", "журнала", "журнале", "банк*"),
    *("кинотеатр*", "санатори*", "теплоход*", "паром*", "судн*", "танкер*", "фильм*", "агентств*", "радиостанци*"),
    *(
        "преми*",
        "марафон*",
        "фестивал*",
        "кинофестивал*",
        "конкурс*",
        "батальон*",
        "полк",
        "полка",
        "бригад*",
        "орден*",
    ),
    *("турнир*", "ансамбл*", "коньяк*", "вино", "марк*", "хоккейн*", "операци*", "процесс"),
    *("парти*", "фирм*", "холдинг*", "театр*", "бренд*", "портал*", "сайт", "сайта", "сайте", "роман", "песн*"),
)
_RUSSIAN = Cues(
    is_town=_set("город село поселок столица станция райцентр"),
    town_before=_set(
        "г город города городе городу городом поселок поселке поселка пгт село селе села аул ауле аула станция станции"
    ),
    civic_before=Pattern(
        "жител*",
        "власт*",
        "полици*",
        "аким",
        "акима",
        "акимат*",
        "мэр*",
        "окрестност*",
        "аэропорт*",
        "улицах",
        *("рабочи*", "шахтер*", "горняк*", "суд", "суда", "суде", "прокуратур*", "администраци*", "больниц*"),
        *("горожан*", "мечет*", "вокзал*", "рын*", "порт*", "тюрьм*", "пенсионер*", "предпринимател*"),
    ),
    other_before=_set(
        "улица улице улицу улицей улицы ул проспект проспекте проспекта проспекту пр площадь площади хребет хребте хребта"
        " гора горы горе горах гор"
    ),
    street_before=_set(
        "улица улице улицу улицей ул проспект проспекте проспекту проспектом пр бульвар бульваре микрорайон микрорайоне"
        " микрорайона микрорайону мкр"
    ),
    water_before=_set("озеро озера озере озером река реки реке реку рекой"),
    near={
        **dict.fromkeys(("в", "во"), _PLACE),
        **dict.fromkeys(("из", "до", "от", "около", "близ", "возле", "вокруг"), _GENITIVE),
        **dict.fromkeys(("над", "между"), frozenset({"ins"})),
        "на": frozenset({"loc"}),
        "под": frozenset({"ins", "acc", "nom"}),
        "через": frozenset({"acc", "nom"}),
    },
    inside=_set("в во из на под через близ возле около вокруг"),
    joining=_set("и или ныне нынешний"),
    openers=_set(
        "когда если пока но однако хотя также даже только сейчас теперь сегодня вчера завтра потом затем после перед"
        " где куда там здесь это этот эта эти тот та те так тогда раньше соседний соседняя соседнее без для при по за"
        " на над под между против ни не что как суд полиция прокуратура президент министр аким мэр власти жители губернатор"
        " рабочие шахтеры журналисты активисты депутаты бывший бывшая старый старая новый новая весь вся близ около возле"
        " через вокруг из до от из-за поезд автобус дорога адвокат адвокаты парламент правительство родной родная"
    ),
    persons=("ов", "ова", "ев", "ева", "улы", "кызы", "ович", "евич", "овна", "евна"),
    shore_before=Pattern(
        "на",
        "реки",
        "рекой",
        "реке",
        "впада*",
        "берег*",
        "побережь*",
        "вод",
        "воды",
        "воде",
        "водах",
        "уров*",
        "бассейн*",
        "дельт*",
        "акватори*",
    ),
    named_before=Pattern(*_WORKS),
    companies=Pattern(
        *("групп*", "движени*", "организаци*", "фонд*", "объединени*", "проект*", "кампани*", "инициатив*"),
        "ао",
        "тоо",
        "зао",
        "оао",
        "пао",
        "ооо",
        "фк",
        "хк",
        "бк",
        *_WORKS,
    ),
)
CUES: dict[Language, Cues] = {"en": _ENGLISH, "kk": _KAZAKH, "ru": _RUSSIAN}


def starts_sentence(text: Words, i: int) -> bool:
    """Whether word i is the first of a sentence or line, so that its capital says nothing."""
    if i == 0:
        return True
    gap = text.gap(i)
    if not _SENTENCE_END.search(gap):
        return False
    word = text.words[i - 1]
    short = _SHORTENED.fullmatch(word) or (len(word) == 1 and text.capital(i - 1))
    return not (short and gap.startswith(".") and "\n" not in gap)  # "г. Алматы", "J. Smith"


def starts_line(text: Words, i: int) -> bool:
    """Whether no other word stands before word i in its line."""
    return i == 0 or "\n" in text.gap(i)


def linked(text: Words, i: int) -> bool:
    """Whether words i-1 and i follow each other within a phrase."""
    if not 0 < i < len(text.words):
        return False
    gap = text.gaps[i]
    if gap == " ":
        return True
    short = len(text.words[i - 1]) <= 3 and gap.startswith(".")  # "ул. Абая"
    return _LINK.fullmatch(gap[1:] if short else gap) is not None


def spaced(text: Words, i: int) -> bool:
    """Whether nothing but space stands between words i-1 and i."""
    return 0 < i < len(text.words) and text.gaps[i].isspace()

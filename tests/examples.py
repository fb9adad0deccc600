"""Example values for every test: an invented newsroom, four stories of one week, in English, Kazakh and Russian.

    entry(locale="kk", story="poster", title="…") -> Entry     one story for the readers of a locale, with changes
    feed("ru", updated=…) -> Feed                              the four stories, newest first
    site(base_url="http://127.0.0.1:8000") -> Site

What each story shows ("own" = in the readers' language):

    story    en           kk           ru           besides
    picket   own          own          own          dateline, two places, authors, the original page
    poster   own          own          in English   an image with alt text and caption, a deck
    hearing  in Russian   in Russian   own          a legal and a safety notice; no original page
    vigil    own          own          own          an event date without a year, a place in Xinjiang, a related story
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal
from zoneinfo import ZoneInfo

from feeder.model import (
    Edtf,
    Enclosure,
    Entry,
    Feed,
    Language,
    Locale,
    NamedPlace,
    NamedTopic,
    Notice,
    Related,
    Site,
)

Name = Literal["picket", "poster", "hearing", "vigil"]

BASE = "https://news.example.org"
LOCALES: tuple[Locale, ...] = ("en", "kk", "ru")
STORIES: tuple[Name, ...] = ("picket", "poster", "hearing", "vigil")  #: newest publication first

#: The languages each story was written in.
WRITTEN: dict[Name, tuple[Language, ...]] = {
    "picket": ("en", "kk", "ru"),
    "poster": ("en", "kk"),
    "hearing": ("ru",),
    "vigil": ("en", "kk", "ru"),
}

_FALLBACK: dict[Locale, tuple[Language, ...]] = {
    "en": ("en", "ru", "kk"),
    "kk": ("kk", "ru", "en"),
    "ru": ("ru", "en", "kk"),
}
_ALMATY = timezone(timedelta(hours=5))

_LABELS: dict[tuple[Locale, Language], str] = {
    ("en", "ru"): "Available in Russian only",
    ("kk", "ru"): "Тек орыс тілінде",
    ("ru", "en"): "Только на английском языке",
}

_KEYS: dict[Name, str] = {
    "picket": "2026-11-13-picket",
    "poster": "2026-11-12-poster",
    "hearing": "2026-11-11-hearing",
    "vigil": "2026-11-09-vigil",
}

_PUBLISHED: dict[Name, datetime] = {
    "picket": datetime(2026, 11, 13, 18, 30, tzinfo=_ALMATY),
    "poster": datetime(2026, 11, 12, 9, 5, 7, tzinfo=_ALMATY),
    "hearing": datetime(2026, 11, 11, 12, 0, tzinfo=UTC),
    "vigil": datetime(2026, 11, 9, 0, 0, tzinfo=_ALMATY),
}

_UPDATED: dict[Name, datetime] = {
    "picket": datetime(2026, 11, 14, 8, 0, tzinfo=_ALMATY),
    "poster": datetime(2026, 11, 12, 9, 5, 7, tzinfo=_ALMATY),
    "hearing": datetime(2026, 11, 11, 12, 0, tzinfo=UTC),
    "vigil": datetime(2026, 11, 9, 7, 45, tzinfo=UTC),
}

_EVENTS: dict[Name, Edtf] = {
    "picket": Edtf("2026-11-13"),
    "poster": Edtf("2026-11"),
    "hearing": Edtf("2026-11-10"),
    "vigil": Edtf("XXXX-02-03"),
}

_TITLES: dict[tuple[Name, Language], str] = {
    ("picket", "en"): "“We will come again tomorrow”: mothers picket an office in Almaty & wait for an answer",
    ("picket", "kk"): "«Ертең тағы келеміз»: аналар Алматыдағы кеңсе алдында пикетке шықты",
    ("picket", "ru"): "«Завтра придём снова»: матери вышли на пикет у офиса в Алматы",
    ("poster", "en"): "A poster of five words hangs on the square for one hour",
    ("poster", "kk"): "Бес сөз жазылған плакат алаңда бір сағат ілулі тұрды",
    ("hearing", "ru"): "Суд в Нур-Султане отложил слушание: ответчик не пришёл",
    ("vigil", "en"): "Candles in three cities for those of whom nothing is heard",
    ("vigil", "kk"): "Хабарсыз кеткендер үшін үш қалада шырақ жағылды",
    ("vigil", "ru"): "Свечи в трёх городах — о тех, от кого нет вестей",
}

_DECKS: dict[tuple[Name, Language], str] = {
    ("poster", "en"): "The woman who painted it says that she wanted a question, not an answer.",
    ("poster", "kk"): "Плакатты салған әйел жауап емес, сұрақ қойғысы келгенін айтады.",
}

_BODIES: dict[tuple[Name, Language], str] = {
    ("picket", "en"): "<p>Eleven women stood in front of the office on Friday, each with a photograph.</p>\n"
    '<p>“Nobody opened the door,” said <a href="https://people.example.net/aigul">Aigul Sample</a>.</p>',
    ("picket", "kk"): "<p>Жұма күні он бір әйел қолдарына фотосурет ұстап, кеңсе алдында тұрды.</p>\n"
    '<p>«Есікті ешкім ашпады», – дейді <a href="https://people.example.net/aigul">Айгүл Үлгіқызы</a>.</p>',
    ("picket", "ru"): "<p>В пятницу одиннадцать женщин стояли у офиса, каждая с фотографией.</p>\n"
    '<p>«Дверь никто не открыл», — сказала <a href="https://people.example.net/aigul">Айгуль Примерова</a>.</p>',
    ("poster", "en"): "<p>At noon the poster went up; at one o’clock it was folded and carried home.</p>",
    ("poster", "kk"): "<p>Плакат түсте ілінді, сағат бірде оны бүктеп, үйге алып кетті.</p>",
    ("hearing", "ru"): "<p>Судья перенёс заседание на две недели.</p>\n<blockquote><p>Мы подождём.</p></blockquote>",
    ("vigil", "en"): "<p>The first candle was lit at six in the evening.</p>\n<p>By nine there were two hundred.</p>",
    ("vigil", "kk"): "<p>Алғашқы шырақ кешкі алтыда жағылды.</p>\n<p>Тоғызда олардың саны екі жүзге жетті.</p>",
    ("vigil", "ru"): "<p>Первую свечу зажгли в шесть вечера.</p>\n<p>К девяти их было двести.</p>",
}

_SUMMARIES: dict[tuple[Name, Language], str] = {
    ("picket", "en"): "Eleven women stood in front of the office on Friday, each with a photograph.",
    ("picket", "kk"): "Жұма күні он бір әйел қолдарына фотосурет ұстап, кеңсе алдында тұрды.",
    ("picket", "ru"): "В пятницу одиннадцать женщин стояли у офиса, каждая с фотографией.",
    ("poster", "en"): "The woman who painted it says that she wanted a question, not an answer.",
    ("poster", "kk"): "Плакатты салған әйел жауап емес, сұрақ қойғысы келгенін айтады.",
    ("hearing", "ru"): "Судья перенёс заседание на две недели.",
    ("vigil", "en"): "The first candle was lit at six in the evening. By nine there were two hundred.",
    ("vigil", "kk"): "Алғашқы шырақ кешкі алтыда жағылды. Тоғызда олардың саны екі жүзге жетті.",
    ("vigil", "ru"): "Первую свечу зажгли в шесть вечера. К девяти их было двести.",
}

_SLUGS: dict[tuple[Name, Language], str] = {
    ("picket", "en"): "we-will-come-again-tomorrow",
    ("picket", "kk"): "erten-tagy-kelemiz",
    ("picket", "ru"): "zavtra-pridyom-snova",
    ("poster", "en"): "a-poster-of-five-words",
    ("poster", "kk"): "bes-soz-zhazylgan-plakat",
    ("hearing", "ru"): "sud-v-nur-sultane",
    ("vigil", "en"): "candles-in-three-cities",
    ("vigil", "kk"): "ush-qalada-shyraq",
    ("vigil", "ru"): "svechi-v-tryokh-gorodakh",
}

_DATELINES: dict[tuple[Name, Locale], str] = {
    ("picket", "en"): "Almaty, Kazakhstan",
    ("picket", "kk"): "Алматы, Қазақстан",
    ("picket", "ru"): "Алматы, Казахстан",
    ("hearing", "en"): "Nur-Sultan (now Astana)",
    ("hearing", "kk"): "Нұр-Сұлтан (қазіргі Астана)",
    ("hearing", "ru"): "Нур-Султан (ныне Астана)",
}

_AUTHORS: dict[tuple[Name, Language], tuple[str, ...]] = {
    ("picket", "en"): ("Sara Sample", "Askar Example"),
    ("picket", "kk"): ("Сара Үлгібаева", "Асқар Мысалов"),
    ("picket", "ru"): ("Сара Примерова", "Аскар Образцов"),
    ("hearing", "ru"): ("Пётр Вымышленный",),
}

_PLACE_NAMES: dict[str, dict[Locale, str]] = {
    "kz": {"en": "Kazakhstan", "kk": "Қазақстан", "ru": "Казахстан"},
    "kz-almaty": {"en": "Almaty", "kk": "Алматы", "ru": "Алматы"},
    "kz-astana": {
        "en": "Nur-Sultan (now Astana)",
        "kk": "Нұр-Сұлтан (қазіргі Астана)",
        "ru": "Нур-Султан (ныне Астана)",
    },
    "cn-ghulja": {"en": "Ghulja", "kk": "Құлжа", "ru": "Кульджа"},
    "cn-xinjiang": {"en": "Xinjiang", "kk": "Шыңжаң", "ru": "Синьцзян"},
}

_POINTS: dict[str, tuple[str, float | None, float | None]] = {
    "kz": ("KZ", None, None),
    "kz-almaty": ("KZ", 43.25, 76.95),
    "kz-astana": ("KZ", 51.18, 71.45),
    "cn-ghulja": ("CN", 43.91, 81.32),
    "cn-xinjiang": ("CN", 41.0, 85.0),
}

_PLACES: dict[Name, tuple[str, ...]] = {
    "picket": ("kz", "kz-almaty"),
    "poster": ("kz-almaty",),
    "hearing": ("kz-astana",),
    "vigil": ("cn-ghulja", "cn-xinjiang"),
}

_TOPICS: dict[Name, tuple[str, ...]] = {
    "picket": ("protest",),
    "poster": ("art",),
    "hearing": ("courts",),
    "vigil": ("dala",),
}

_TOPIC_LABELS: dict[str, dict[Language, str]] = {
    "protest": {"en": "Protest", "kk": "Наразылық", "ru": "Протест"},
    "dala": {"kk": "Дала"},
    "art": {"en": "Art", "kk": "Өнер", "ru": "Искусство"},
    "courts": {"en": "Courts", "kk": "Сот", "ru": "Суд"},
}

_ALT: dict[Language, str] = {
    "en": "Five hand-painted words on a bedsheet between two lamp posts",
    "kk": "Екі шамның арасына керілген ақжаймадағы қолмен жазылған бес сөз",
}

_CAPTIONS: dict[Language, str] = {
    "en": "The poster on Thursday. Photo: Sara Sample",
    "kk": "Бейсенбідегі плакат. Фото: Сара Үлгібаева",
}

_SITE_TITLES: dict[Locale, str] = {"en": "Steppe Example", "kk": "Дала үлгісі", "ru": "Степной пример"}
_SITE_DESCRIPTIONS: dict[Locale, str] = {
    "en": "An invented newsroom on protests and human rights",
    "kk": "Наразылық пен адам құқықтары туралы ойдан шығарылған редакция",
    "ru": "Вымышленная редакция о протестах и правах человека",
}


def place(key: str, locale: Locale) -> NamedPlace:
    """A place by its gazetteer id: "kz" (no coordinates), "kz-almaty", "kz-astana", "cn-ghulja", "cn-xinjiang"."""
    country, latitude, longitude = _POINTS[key]
    return NamedPlace(id=key, name=_PLACE_NAMES[key][locale], country=country, latitude=latitude, longitude=longitude)


def topic(key: str, locale: Locale) -> NamedTopic:
    """A topic by its key: "protest", "art", "courts"; "dala", which has a name in Kazakh only."""
    labels = _TOPIC_LABELS[key]
    language = locale if locale in labels else "kk"
    return NamedTopic(key=key, label=labels[language], language=language)


def enclosure(language: Language = "en") -> Enclosure:
    """The image of the story "poster"."""
    return Enclosure(
        path="media/1f2e3d4c5b6a7988-poster.png",
        type="image/png",
        length=48213,
        alt=_ALT[language],
        caption=_CAPTIONS[language],
        width=1200,
        height=800,
        origin="poster.png",
    )


def notices() -> tuple[Notice, ...]:
    """The notices of the story "hearing": one legal of two paragraphs in Russian, one on safety in English."""
    legal = "Издатель внесён в перечень.\nПересылка этого текста может быть наказуема."
    return (
        Notice(text=legal, language="ru", kind="legal"),
        Notice(text="Think of the recipient before you forward this.", language="en", kind="safety"),
    )


def related(locale: Locale = "en") -> tuple[Related, ...]:
    """What the page of the story "vigil" linked to; the second link had lost its address."""
    title = {"en": "A year of candles", "kk": "Шырақ жағылған жыл", "ru": "Год свечей"}[locale]
    return (
        Related(title=title, url="https://source.example.net/year", published=datetime(2025, 11, 9, tzinfo=UTC)),
        Related(title=f"{title} (2)"),
    )


def entry(locale: Locale = "en", story: Name = "picket", **changes: Any) -> Entry:
    """A story for the readers of `locale`, in their language or the best other one; `changes` replace fields."""
    language = next(code for code in _FALLBACK[locale] if code in WRITTEN[story])
    made = Entry(
        id=f"tag:news.example.org,2026:{_KEYS[story]}:{locale}",
        story=_KEYS[story],
        locale=locale,
        language=language,
        title=_TITLES[story, language],
        deck=_DECKS.get((story, language), ""),
        html=_BODIES[story, language],
        summary=_SUMMARIES[story, language],
        slug=_SLUGS[story, language],
        url=url(story, locale),
        original="" if story == "hearing" else f"https://source.example.net/{language}/{story}?id=7&view=full",
        authors=_AUTHORS.get((story, language), ()),
        publisher="Example Wire",
        published=_PUBLISHED[story],
        updated=_UPDATED[story],
        event_date=_EVENTS[story],
        dateline=_DATELINES.get((story, locale), ""),
        places=tuple(place(key, locale) for key in _PLACES[story]),
        topics=tuple(topic(key, locale) for key in _TOPICS[story]),
        enclosures=(enclosure(language),) if story == "poster" else (),
        notices=notices() if story == "hearing" else (),
        related=related(language) if story == "vigil" else (),
        label=_LABELS.get((locale, language)),
        sisters={code: url(story, code) for code in LOCALES if code != locale and code in WRITTEN[story]},
    )
    return replace(made, **changes)


def url(story: Name, locale: Locale) -> str:
    """The address of a story's page for the readers of `locale`."""
    language = next(code for code in _FALLBACK[locale] if code in WRITTEN[story])
    return f"{BASE}/{locale}/stories/{_SLUGS[story, language]}/"


def entries(locale: Locale = "en") -> tuple[Entry, ...]:
    """The four stories for the readers of `locale`, newest publication first."""
    return tuple(entry(locale, story) for story in STORIES)


def feed(locale: Locale = "en", **changes: Any) -> Feed:
    """The newsroom's main feed in one locale; `changes` replace fields."""
    made = Feed(
        id=f"tag:news.example.org,2026:feed:{locale}",
        locale=locale,
        title=_SITE_TITLES[locale],
        subtitle=_SITE_DESCRIPTIONS[locale],
        author=_SITE_TITLES[locale],
        home=f"{BASE}/{locale}/",
        base_url=BASE,
        links={
            "atom": f"{BASE}/{locale}/feed.atom",
            "rss": f"{BASE}/{locale}/feed.rss",
            "json": f"{BASE}/{locale}/feed.json",
        },
        updated=max(_UPDATED.values()),
        entries=entries(locale),
    )
    return replace(made, **changes)


def site(**changes: Any) -> Site:
    """The newsroom; `changes` replace fields."""
    made = Site(
        base_url=BASE,
        locales=LOCALES,
        zone=ZoneInfo("Asia/Almaty"),
        titles=_SITE_TITLES,
        descriptions=_SITE_DESCRIPTIONS,
        fallback=_FALLBACK,
    )
    return replace(made, **changes)


def picture(shade: int = 0) -> bytes:
    """A real PNG of 640 x 360 pixels, without metadata; another shade gives other bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 640, 360, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * 640) * 360
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)

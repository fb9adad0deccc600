"""A date in running text is what the words say: no year is added, and what only looks like a date is left alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.language import dates
from feeder.language.date_grammar import GRAMMAR
from feeder.language.date_text import DateMention, Relative, find, resolve
from feeder.language.date_words import _VOCABULARY, may_have_dates, tokens
from feeder.language.month_names import FORMS, MONTHS

# text | surface = EDTF [weekday] ; surface = EDTF ... ("-" for no EDTF; nothing after the bar: no date at all)
ENGLISH = """
The choir sang on February 3 in the park. | February 3 = XXXX-02-03
They met on Feb. 3, 2019, in Oskemen. | Feb. 3, 2019 = 2019-02-03
The bridge opened on 3 February 2019. | 3 February 2019 = 2019-02-03
It snowed on the 3rd of February. | 3rd of February = XXXX-02-03
The fair closes Sept. 9. | Sept. 9 = XXXX-09-09
A letter dated JUNE 27, 2022, was found. | JUNE 27, 2022 = 2022-06-27
From February 4-10, 2019, the library is shut. | February 4-10, 2019 = 2019-02-04/2019-02-10
From February 4–10 the library is shut. | February 4–10 = XXXX-02-04/XXXX-02-10
Open from 4 to 10 February 2019. | 4 to 10 February 2019 = 2019-02-04/2019-02-10
Between February 4 and 10 nobody came. | February 4 and 10 = XXXX-02-04/XXXX-02-10
The tour ran from February 28 to March 3, 2020. | February 28 to March 3, 2020 = 2020-02-28/2020-03-03
The tour ran from December 28 to January 3, 2020. | December 28 to January 3, 2020 = 2019-12-28/2020-01-03
Rain fell on February 2 and 3. | February 2 and 3 = XXXX-02-02/XXXX-02-03
Rain fell on February 2 and 17. | February 2 = XXXX-02-02
The ministry replied in August last year. | August last year = XXXX-08
The well dried up last August. | last August = XXXX-08
It was built in early 2019. | early 2019 = 2019~
It was built in mid-2019. | mid-2019 = 2019~
It was built in late 2019. | late 2019 = 2019~
By the end of February 2019 it stood. | end of February 2019 = 2019-02~
Late February brought floods. | Late February = XXXX-02~
He left around December 2011. | around December 2011 = 2011-12~
He left around 2011. | around 2011 = 2011~
The log says 2019-02-03 twice. | 2019-02-03 = 2019-02-03
Stamped 27.06.2022 by the clerk. | 27.06.2022 = 2022-06-27
Stamped 06/27/2022 by the clerk. | 06/27/2022 = 2022-06-27
On Tuesday, February 9, they came back. | Tuesday, February 9 = XXXX-02-09 2
On Tuesday (February 9) they came back. | Tuesday (February 9) = XXXX-02-09 2
On Tue, Feb 9, 2021, they came back. | Tue, Feb 9, 2021 = 2021-02-09 2
It began in February 2021, and goes on. | February 2021 = 2021-02
It has gone on since 2017. | 2017 = 2017
A memorial of the 1997 unrest stands here. | 1997 = 1997
The school (1991) is closed. | 1991 = 1991
The song was written in the 1990s. | 1990s = 199X
Prices rose in 2017-2019. | 2017-2019 = 2017/2019
Prices rose from 2017 to 2019. | 2017 to 2019 = 2017/2019
The snow of January-February 2019 is remembered. | January-February 2019 = 2019-01/2019-02
The heat in the summer of 2019 was rare. | summer of 2019 = 2019-22
It rains in May. | May = XXXX-05
It will rain on May 3. | May 3 = XXXX-05-03
They marched on March 3. | March 3 = XXXX-03-03
In February 12 people were released. | February = XXXX-02
Among the February 9 demonstrators were teachers. | February 9 = XXXX-02-09
In May 2019 people came. | May = XXXX-05
On April 5 2000 people came. | April 5 = XXXX-04-05
The play on February 3 last year was long. | February 3 last year = XXXX-02-03
Three of them came on Monday and Tuesday. | Monday = - 1; Tuesday = - 2
Police said Friday that it was over. | Friday = - 5
Yesterday it rained, today it snows. | Yesterday = -; today = -
He called three days ago. | three days ago = -
Today, March 14, it snows. | Today, March 14 = XXXX-03-14
He turns 74 on 29 February. | 29 February = XXXX-02-29
She may 3 times have seen the march 3 kilometers away. |
They may come, and the march goes on. |
A speech by Theresa May; May's speech; in May's words; on May Day. |
An august assembly of 1 million. |
The 500th day, the 74-year-old, room 12, No. 5, $3. |
It rained on February 30 and 31 June. |
It costs 2019 dollars, and 2000 people paid. |
Remembered every February. |
The hearing is 10/11/2022. |
The shop at May 1 Street is shut. |
COVID-19 March counts, version 1.2.2022.3. |
Black Friday, Friday prayers, Bloody Sunday. |
A ratio of 2019:3 and 12.5 February's. |
"""

RUSSIAN = """
Хор пел во вторник, 9 февраля. | вторник, 9 февраля = XXXX-02-09 2
Хор пел во вторник (9 февраля). | вторник (9 февраля) = XXXX-02-09 2
Хор пел 9 февраля, во вторник. | 9 февраля, во вторник = XXXX-02-09 2
Мост открыли 9 февраля 2021 года. | 9 февраля 2021 года = 2021-02-09
Мост открыли 2 февраля 2024 г. | 2 февраля 2024 г. = 2024-02-02
Усть-Каменогорск, 21 января 2019. | 21 января 2019 = 2019-01-21
Ярмарка пройдёт в ноябре 2026. | ноябре 2026 = 2026-11
Ярмарка пройдёт в ноябре 2026 года. | ноябре 2026 года = 2026-11
Ответ пришёл в феврале прошлого года. | феврале прошлого года = XXXX-02
Колодец высох в прошлом августе. | прошлом августе = XXXX-08
Колодец высох в августе прошлого года. | августе прошлого года = XXXX-08
Библиотека закрыта 4–10 февраля. | 4–10 февраля = XXXX-02-04/XXXX-02-10
Библиотека закрыта с 4 по 10 февраля. | 4 по 10 февраля = XXXX-02-04/XXXX-02-10
Закрыто с 28 февраля по 3 марта 2019 года. | 28 февраля по 3 марта 2019 года = 2019-02-28/2019-03-03
Закрыто с 28 декабря по 3 января 2020 года. | 28 декабря по 3 января 2020 года = 2019-12-28/2020-01-03
Закрыто с 28 декабря 2018 года по 3 января 2019 года. | 28 декабря 2018 года по 3 января 2019 года = 2018-12-28/2019-01-03
Дождь шёл 4 и 5 февраля. | 4 и 5 февраля = XXXX-02-04/XXXX-02-05
Дождь шёл 4, 7 и 19 марта. | 4 = XXXX-03-04; 7 = XXXX-03-07; 19 марта = XXXX-03-19
Школу построили в 2019 году. | 2019 году = 2019
Школу построили в 2019-м. | 2019-м = 2019
Она стоит с 2017 года. | 2017 года = 2017
Песню сложили в 1990-х годах. | 1990-х годах = 199X
Цены росли в 2017–2019 годах. | 2017–2019 годах = 2017/2019
Школа (1991) закрыта. | 1991 = 1991
Летом 2019 года было жарко. | Летом 2019 года = 2019-22
В начале февраля таяло. | начале февраля = XXXX-02~
В конце 2019 года подморозило. | конце 2019 года = 2019~
Он уехал около 2011 года. | около 2011 года = 2011~
В феврале–марте 2019 года шёл снег. | феврале–марте 2019 года = 2019-02/2019-03
Снег идёт с марта по май. | марта по май = XXXX-03/XXXX-05
Снег идёт с марта. | марта = XXXX-03
Снег шёл в мае. | мае = XXXX-05
Штамп 04.05.2022 г. стёрт. | 04.05.2022 г. = 2022-05-04
Справка от 2022-05-04. | 2022-05-04 = 2022-05-04
9 февраля 2000 человек вышли гулять. | 9 февраля = XXXX-02-09
Вчера, во вторник, 9 февраля, шёл снег. | Вчера, во вторник, 9 февраля = XXXX-02-09 2
Вчера шёл снег, завтра растает. | Вчера = -; завтра = -
Сегодня, 14 марта, тает. | Сегодня, 14 марта = XXXX-03-14
Он вернулся в среду. | среду = - 3
Он вернулся в прошлую среду. | прошлую среду = - 3
Он ушёл два года назад и звонил неделю назад. | два года назад = -; неделю назад = -
На прошлой неделе и в прошлом месяце. | прошлой неделе = -; прошлом месяце = -
Приказ подписан 9 февраля с.г. в столице. | 9 февраля с.г. = XXXX-02-09
Приказ подписан 9 февраля этого года. | 9 февраля этого года = XXXX-02-09
Вышли на площадь 3 мая. | 3 мая = XXXX-05-03
КОНЦЕРТ 9 ФЕВРАЛЯ ОТМЕНЁН. | 9 ФЕВРАЛЯ = XXXX-02-09
Концерт 9 фев. 2021 отменён. | 9 фев. 2021 = 2021-02-09
Концерт 5-го мая отменён. | 5-го мая = XXXX-05-05
Дом на улице 1 Мая, ул. 8 марта, имени 9 мая. |
Майя и Августа маялись; мартовский снег, маяк. |
Ушёл в среду обитания. |
По вторникам и каждую среду он спит. |
Дом № 5, 500-й день, 74-летняя женщина, 3,5 млн тенге. |
Счёт 10.11 и время 10:30, 31 апреля не бывает. |
Экспо-2017 и Ту-154. |
Он стар: ему 2000 лет, и 2000 лет назад было так же. |
"""

KAZAKH = """
Хор 3 ақпан күні ән салды. | 3 ақпан = XXXX-02-03
Көпір 2019 жылғы 3 ақпанда ашылды. | 2019 жылғы 3 ақпанда = 2019-02-03
Көпір 2019 жылдың 3 ақпанында ашылды. | 2019 жылдың 3 ақпанында = 2019-02-03
Көпір 2019 ж. 3 ақпан ашылды. | 2019 ж. 3 ақпан = 2019-02-03
Бұл 2011 жылы желтоқсанның 16-сы болатын. | 2011 жылы желтоқсанның 16-сы = 2011-12-16
Бұл желтоқсанның 16-сында болды. | желтоқсанның 16-сында = XXXX-12-16
Бұл ақпан айының 3-інде болды. | ақпан айының 3-інде = XXXX-02-03
Жәрмеңке 24 маусымда өтті. | 24 маусымда = XXXX-06-24
Қар бүгін, 14 наурызда еріді. | бүгін, 14 наурызда = XXXX-03-14
Бұйрық 2022 жылғы 8 маусымнан бастап күшінде. | 2022 жылғы 8 маусымнан = 2022-06-08
Кітапхана 2026 жылғы 16 ақпаннан 1 наурызға дейін жабық. | 2026 жылғы 16 ақпаннан 1 наурызға = 2026-02-16/2026-03-01
Кітапхана 2025 жылғы 28 желтоқсаннан 3 қаңтарға дейін жабық. | 2025 жылғы 28 желтоқсаннан 3 қаңтарға = 2025-12-28/2026-01-03
26 Желтоқсан, 2012 | 26 Желтоқсан, 2012 = 2012-12-26
Риддер, 8 желтоқсан 2021 жыл. | 8 желтоқсан 2021 жыл = 2021-12-08
Мөрде 04.05.2022ж. деп жазылған. | 04.05.2022ж. = 2022-05-04
Қар 2011 жылғы желтоқсан айында жауды. | 2011 жылғы желтоқсан айында = 2011-12
Қар 2011 жылғы желтоқсанда жауды. | 2011 жылғы желтоқсанда = 2011-12
Қар желтоқсан айында жауды. | желтоқсан айында = XXXX-12
Қар өткен жылғы тамызда жауды. | өткен жылғы тамызда = XXXX-08
Қар өткен тамызда жауды. | өткен тамызда = XXXX-08
Қар былтыр тамызда жауды. | былтыр тамызда = XXXX-08
Қар биыл 3 ақпанда жауды. | биыл 3 ақпанда = XXXX-02-03
Кеше қар жауды, ертең ериді. | Кеше = -; ертең = -
Ол сейсенбіде келді, жұма күні кетті. | сейсенбіде = - 2; жұма күні = - 5
Ол өткен сейсенбіде келді. | өткен сейсенбіде = - 2
Ол сейсенбі, 9 ақпанда келді. | сейсенбі, 9 ақпанда = XXXX-02-09 2
Ол 9 ақпан, сейсенбі күні келді. | 9 ақпан, сейсенбі күні = XXXX-02-09 2
Ол 9 ақпан (сейсенбі) келді. | 9 ақпан (сейсенбі) = XXXX-02-09 2
Жаңбыр 2-3 ақпан аралығында жауды. | 2-3 ақпан = XXXX-02-02/XXXX-02-03
Жаңбыр 4–10 ақпанда жауды. | 4–10 ақпанда = XXXX-02-04/XXXX-02-10
Жаңбыр ақпанның 4–10-ында жауды. | ақпанның 4–10-ында = XXXX-02-04/XXXX-02-10
Жаңбыр 4-тен 10 ақпанға дейін жауды. | 4-тен 10 ақпанға = XXXX-02-04/XXXX-02-10
Жаңбыр 4 ақпан мен 10 ақпан аралығында жауды. | 4 ақпан мен 10 ақпан = XXXX-02-04/XXXX-02-10
Жаңбыр 4 және 5 ақпанда жауды. | 4 және 5 ақпанда = XXXX-02-04/XXXX-02-05
Мектеп 2018 жылы салынды. | 2018 жылы = 2018
Мектеп 2017 жылдан бері тұр. | 2017 жылдан = 2017
Ән 1990 жылдары шықты. | 1990 жылдары = 199X
Баға 2017-2019 жылдары өсті. | 2017-2019 жылдары = 2017/2019
2019 жылдың жазында ыстық болды. | 2019 жылдың жазында = 2019-22
2019 жылдың соңында суыды. | 2019 жылдың соңында = 2019~
Ақпанның басында жылынды. | Ақпанның басында = XXXX-02~
Шамамен 2011 жылы кетті. | Шамамен 2011 жылы = 2011~
Ол екі жыл бұрын кетті. | екі жыл бұрын = -
Ол 3 күн бұрын кетті. | 3 күн бұрын = -
Өткен аптада және өткен айда. | Өткен аптада = -; өткен айда = -
3 ақпанда 2000 адам жиналды. | 3 ақпанда = XXXX-02-03
24 қазанда Қазанда конференция өтті. | 24 қазанда = XXXX-10-24
Тамызда ыстық болды. | Тамызда = XXXX-08
1997 жылғы 5 ақпандағы оқиға. | 1997 жылғы 5 ақпандағы = 1997-02-05
АЛМАТЫ, 3 АҚПАН | 3 АҚПАН = XXXX-02-03
Латын әрпімен 3 aқпан деп жазылған. | 3 aқпан = XXXX-02-03
Тойда қазан асты, қазанда ет пісті. |
Тойда 5 қазан асылды, 2 қараша үй тігілді. |
Команда бұл маусымда жеңді. |
Ол 16 желтоқсан көшесінде, 9 Мамыр алаңында тұрады. |
Бұл 2000 жыл бұрын, 500-күні, № 5 үйде. |
74 жастағы әйел, 1 миллион теңге, 10:30. |
31 сәуірде ештеңе болмайды. |
Жұма намазы оқылды. |
"""


def _cases() -> list[tuple[str, str, str]]:
    rows = [
        (lang, row) for lang, table in (("en", ENGLISH), ("ru", RUSSIAN), ("kk", KAZAKH)) for row in table.split("\n")
    ]
    return [(lang, *(part.strip() for part in row.split("|"))) for lang, row in rows if row.strip()]  # type: ignore[misc]  # two parts in each row


def _shown(mention: DateMention) -> str:
    weekday = f" {mention.weekday}" if mention.weekday else ""
    return f"{mention.surface} = {mention.edtf or '-'}{weekday}"


@pytest.mark.parametrize(("language", "text", "expected"), _cases())
def test_a_date_is_read_as_it_is_written(language: str, text: str, expected: str) -> None:
    assert "; ".join(_shown(mention) for mention in find(text, language)) == expected


def _sentences() -> list[dict[str, Any]]:
    lines = (Path(__file__).parent / "data" / "l10n" / "date_texts.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("case", _sentences(), ids=lambda case: f"{case['language']}: {case['text']}")
def test_a_sentence_gives_its_dates_and_no_others(case: dict[str, Any]) -> None:
    """With `published`, what the relative dates mean on that day."""
    found = find(case["text"], case["language"])
    if "published" in case:
        published = date.fromisoformat(case["published"])
        said = [resolve(mention, published) for mention in found]
    else:
        said = [mention.edtf for mention in found]
    assert [edtf for edtf in said if edtf] == case["dates"]


def test_there_are_enough_cases() -> None:
    assert len(_cases()) >= 150


# published on a Monday
RESOLVED = [
    ("en", "yesterday", "2019-02-03"),
    ("en", "on Tuesday", "2019-01-29"),
    ("en", "on Monday", "2019-02-04"),
    ("en", "last Monday", "2019-01-28"),
    ("en", "next Monday", "2019-02-11"),
    ("en", "last August", "2018-08"),
    ("en", "last January", "2019-01"),
    ("en", "last February", "2018-02"),
    ("en", "in August last year", "2018-08"),
    ("en", "February 3 last year", "2018-02-03"),
    ("en", "last year", "2018"),
    ("en", "late last year", "2018~"),
    ("en", "two years ago", "2017~"),
    ("en", "three days ago", "2019-02-01"),
    ("en", "last month", "2019-01"),
    ("en", "last week", "2019-01-28/2019-02-03"),
    ("en", "today, February 4", "2019-02-04"),
    ("en", "today, March 14", None),
    ("en", "February 3", None),
    ("en", "February 3, 1997", "1997-02-03"),
    ("ru", "вчера", "2019-02-03"),
    ("ru", "во вторник", "2019-01-29"),
    ("ru", "в прошлом августе", "2018-08"),
    ("ru", "в августе прошлого года", "2018-08"),
    ("ru", "в позапрошлом году", "2017"),
    ("ru", "вчера, в воскресенье, 3 февраля", "2019-02-03"),
    ("ru", "вчера, во вторник, 3 февраля", None),
    ("ru", "9 января с.г.", "2019-01-09"),
    ("kk", "кеше", "2019-02-03"),
    ("kk", "сейсенбіде", "2019-01-29"),
    ("kk", "өткен жылғы тамызда", "2018-08"),
    ("kk", "былтыр", "2018"),
    ("kk", "биыл 3 ақпанда", "2019-02-03"),
    ("kk", "өткен айда", "2019-01"),
]


@pytest.mark.parametrize(("language", "text", "expected"), RESOLVED)
def test_a_relative_date_needs_the_day_of_publication(language: str, text: str, expected: str | None) -> None:
    (mention,) = find(text, language)
    assert resolve(mention, date(2019, 2, 4)) == expected


def test_a_relative_date_says_in_which_unit_it_counts() -> None:
    (mention,) = find("two weeks ago", "en")
    assert mention.relative == Relative(unit="week", offset=-2, approximate=True)


def test_the_end_of_time_resolves_to_nothing() -> None:
    (mention,) = find("yesterday", "en")
    assert resolve(mention, date.min) is None


def test_a_date_does_not_run_over_a_paragraph() -> None:
    assert [mention.surface for mention in find("Strophe 3\n\nFebruary 2019", "en")] == ["February 2019"]
    assert [mention.surface for mention in find("on February\n3, 2019", "en")] == ["February\n3, 2019"]


def test_other_languages_have_numeric_dates_only() -> None:
    assert [mention.edtf for mention in find("3 fevral, 04.05.2022", "az")] == ["2022-05-04"]


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_every_month_has_a_form_for_lines_and_for_text(language: str) -> None:
    assert {form.number for form in FORMS[language].values()} == set(range(1, 13))
    assert all(MONTHS.get(word, form.number) == form.number for word, form in FORMS[language].items())


_WORDS = (
    "3 4-10 16-сы 16-сында 2019 2019-го 1990s May march февраля ақпан ақпанның қазан year году жылғы ж. last прошлого"
)
_MORE = "third of twenty третьего двадцать числах үшінші он алтысында жиырма дейін № 12-5 31 before the day апреля сәуірден and"
_PIECES = st.sampled_from(
    [
        *_WORDS.split(),
        *_MORE.split(),
        ",",
        "(",
        ")",
        "–",
        "\n\n",
        ".",
        "на",
        "ago",
        "вчера",
        "кеше",
        "Tuesday",
        "вторник",
        "'s",
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=12).map(" ".join), st.lists(_PIECES, max_size=12).map("".join))


@given(_TEXTS, st.sampled_from(["en", "kk", "ru", ""]), st.dates())
def test_any_text_gives_dates_that_exist_in_order_and_apart(text: str, language: str, published: date) -> None:
    end = 0
    for mention in find(text, language):
        assert end <= mention.start < mention.end
        assert mention.surface == text[mention.start : mention.end]
        assert mention.edtf is None or dates.parse(mention.edtf) == mention.edtf
        assert mention.edtf or mention.relative
        resolved = resolve(mention, published)
        assert resolved is None or dates.parse(resolved) == resolved
        end = mention.end


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)), st.sampled_from(["en", "kk", "ru"]))
def test_every_day_that_feeder_writes_is_read_again(day: date, language: str) -> None:
    for written in (dates.long(day, language), dates.full(day, language), dates.byline(day, language)):
        mentions = find(f"({written}).", language)
        assert [mention.edtf for mention in mentions] == [day.isoformat()], written


_SPANS = st.tuples(st.dates(date(1900, 1, 1), date(2099, 6, 30)), st.integers(1, 170))
_FORMS_OUT = st.sampled_from(["%Y-%m-%d", "XXXX-%m-%d", "%Y-%m"])


@given(_SPANS, _FORMS_OUT, st.booleans(), st.sampled_from(["en", "kk", "ru"]))
def test_every_date_and_range_in_words_is_read_again(
    span: tuple[date, int], form: str, interval: bool, language: str
) -> None:
    """Without its year, too; only a range of months inside one year may lose what it shares."""
    first, last = (day.strftime(form) for day in (span[0], span[0] + timedelta(days=span[1])))
    value = dates.parse(f"{first}/{last}" if interval and first != last else first)
    written = dates.words(value, language, note=False)
    assert [mention.edtf for mention in find(f"({written}).", language)] == [value], written


_WORDS_OF_DATES = st.sampled_from(
    [
        "2019",
        "3",
        "с.г.",
        "с. г.",
        "04.05.2022",
        "٢٠١٩-٠٢-٠٣",
        *(word for words in _VOCABULARY.values() for word in words),
    ]
)


@given(st.lists(_WORDS_OF_DATES, max_size=6).map(" ".join), st.sampled_from(["en", "kk", "ru", ""]))
def test_a_text_said_to_have_no_dates_has_none(text: str, language: str) -> None:
    """The quick look that passes over half of all paragraphs never passes over a date."""
    row = tokens(text, language)
    matches = [found for pattern in GRAMMAR[language] for found in pattern.finditer("".join(one.kind for one in row))]
    assert may_have_dates(text, language) or not matches

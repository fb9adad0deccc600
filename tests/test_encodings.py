"""A file is read as it was written, or refused in one line; nothing garbled is ever published."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.articles import encodings
from feeder.articles.encodings import Decoded
from feeder.errors import ArticleError

RU = (
    "Мост через реку закрыли на ремонт во вторник, сообщила вечером редакция. Жители посёлка говорят, что узнали об этом утром.",
    "Суд в городе перенёс заседание на пятницу. Адвокат заявил, что его не пустили в здание, хотя он пришёл за час до начала.",
    "«Мы ждали весь день», — сказала женщина. Она приехала из области, чтобы узнать о брате, которого не видела два года.",
    "В акимате ответили, что деньги на дорогу есть, но подрядчик ещё не выбран. Работы могут начаться только весной 2027 года.",
    "Полиция не стала никого задерживать. Люди стояли у консульства до вечера и разошлись после того, как к ним вышел чиновник.",
    "Учителя школы № 12 написали письмо министру: зарплату им не платят с сентября, а директор уволился и уехал из города.",
    "Река вышла из берегов ночью. Вода дошла до трёх улиц, и людей вывозили на лодках; пострадавших, по словам врачей, нет.",
    "Журналиста вызвали на допрос как свидетеля. О чём его спрашивали, он не рассказал: с него взяли подписку о неразглашении.",
    "На рынке подорожал хлеб. Продавцы говорят, что муку им теперь привозят реже, и цена для них выросла почти на треть.",
    "Выставка открылась в музее без речей и без гостей. Художник умер в мае, и картины привезла из деревни его дочь.",
)
KK = (
    "Кеңес сейсенбі күні көпір туралы сөйлесу үшін жиналды. Көпір көктемнен бері жабық тұр, және оны жөндеуге ақша жоқ.",
    "Қала тұрғындары әкімдікке хат жазды. Олар бұл жолдың жаңа емес екенін, бірақ оны әлі жөндеуге болатынын айтқан.",
    "«Біз күні бойы күттік», – деді әйел. Ол өз бауырын іздеп ауылдан келген, оның қайда екенін әлі ешкім білмейді.",
    "Сот отырысы жұма күніне шегерілді. Қорғаушы ғимаратқа кіре алмағанын, бұл үшін ешкім жауап бермегенін мәлімдеді.",
    "Мұғалімдер министрге арыз жазды: жалақы қыркүйек айынан бері төленбеген, ал директор жұмыстан кетіп, көшіп кеткен.",
    "Өзен түнде арнасынан асты. Су үш көшеге жетті, адамдар қайықпен шығарылды; дәрігерлер зардап шеккендер жоқ дейді.",
    "Тілшіні куә ретінде жауап алуға шақырды. Не сұралғанын ол айтпады, өйткені бұл туралы үндемеуге қолхат берген.",
    "Базарда нан қымбаттады. Сатушылар ұнның сирек келетінін, оның бағасы көп өскенін, ал халық аз алатынын айтады.",
    "Мұражайда жаңа көрме ашылды. Суретші мамыр айында қайтыс болған, оның суреттерін ауылдан қызы алып келді.",
    "Полиция ешкімді ұстаған жоқ. Адамдар консулдықтың алдында кешке дейін тұрды және шенеунік шыққан соң ғана тарады.",
)
EN = (
    "The council met on Tuesday to speak about the bridge, which has been closed since the spring, and decided nothing.",
    "“We waited all day,” the woman said. She had come from the village to ask about her brother – nobody could tell her.",
    "The court put off the hearing to Friday. It wasn’t clear why the lawyer was kept out of the building for an hour…",
    "Teachers of the school wrote to the minister: they have not been paid since September, and the head has left the town.",
    "At the river the water came to three streets by night; people were taken out in boats, and nobody was hurt.",
)
LEGACY = (
    "cp1251",
    "koi8-r",
    "kz1048",
    "ptcp154",
    "cp866",
    "mac-cyrillic",
    "iso8859-5",
    "cp1252",
    "latin-1",
    "mac-roman",
    "cp437",
)
READ = ("cp1251", "koi8-r", "kz1048", "ptcp154")


def attempt(data: bytes, declared: str = "") -> Decoded | ArticleError:
    found: Decoded | ArticleError
    try:
        found = encodings.decode(data, declared=declared)
    except ArticleError as error:
        found = error
    assert isinstance(found, Decoded) or (found.field == "encoding" and "\n" not in found.reason)
    return found


def encoded(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None


@pytest.mark.parametrize("text", [*RU, *KK, *EN])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_and_nothing_is_said(text: str, codec: str) -> None:
    found = encodings.decode(text.encode(codec))
    assert (found.text, found.problems) == (text, ())


@pytest.mark.parametrize("text", [*RU, *KK, *EN])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read_and_told(text: str, codec: str) -> None:
    even = text.encode(codec)
    found = encodings.decode(even)
    assert found.text == text
    assert found.problems == ("was read as UTF-16 without its mark; save it as UTF-8 to be sure",)


@pytest.mark.parametrize("text", RU)
@pytest.mark.parametrize(
    ("codec", "name"),
    [("cp1251", "windows-1251"), ("koi8-r", "KOI8-R"), ("kz1048", "windows-1251"), ("ptcp154", "windows-1251")],
)
def test_a_russian_paragraph_is_read_and_the_encoding_told(text: str, codec: str, name: str) -> None:
    """Russian has the same bytes in KZ-1048 and PT154 as in windows-1251, whose name is the known one."""
    if (data := encoded(_as(text, codec), codec)) is None:
        pytest.skip("the encoding lacks a sign of this text")
    found = encodings.decode(data)
    assert found.text == _as(text, codec)
    assert found.problems == (f"was read as {name}; save it as UTF-8 to be sure",)


def _as(text: str, codec: str) -> str:
    """With the signs that KOI8-R has."""
    return text.translate(str.maketrans("«»—№", '""-N')) if codec == "koi8-r" else text


@pytest.mark.parametrize("codec", ["kz1048", "ptcp154"])
def test_kazakh_paragraphs_are_read_exactly_or_refused(codec: str) -> None:
    found = [(text, attempt(text.encode(codec))) for text in KK]
    assert all(one.text == text for text, one in found if isinstance(one, Decoded))
    assert sum(isinstance(one, Decoded) for _, one in found) >= 7
    whole = "\n\n".join(KK)
    made = encodings.decode(whole.encode(codec))
    assert (made.text, made.encoding) == (whole, {"kz1048": "KZ-1048", "ptcp154": "PT154"}[codec])


@pytest.mark.parametrize("text", EN[1:3])
def test_english_with_curly_quotation_marks_is_read(text: str) -> None:
    found = encodings.decode(text.encode("cp1252"))
    assert found.text == text
    assert found.problems == ("was read as windows-1252; save it as UTF-8 to be sure",)


def sentences(texts: tuple[str, ...]) -> list[str]:
    return [part for text in texts for part in text.replace(". ", ".\n").split("\n")]


@pytest.mark.parametrize("codec", LEGACY)
@pytest.mark.parametrize("texts", [RU, KK, EN], ids=["ru", "kk", "en"])
def test_no_sentence_is_read_wrongly(codec: str, texts: tuple[str, ...]) -> None:
    """Whatever it is written in: short as it may be, in capitals, with a name in it."""
    for text in [
        *texts,
        *sentences(texts),
        *(text.upper() for text in texts),
        *(" ".join(text.split()[:3]) for text in texts),
    ]:
        data = encoded(text, codec)
        found = attempt(data) if data is not None else None
        assert not isinstance(found, Decoded) or found.text == text, (codec, text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*" ".join([*RU, *KK, *EN]).split(), "Київ", "Љубав", "Ќоќ", "café", "Zürich", "ČEZ", "Кўпайсин"]
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from(LEGACY),
)
def test_no_words_are_read_wrongly(words: list[str], codec: str) -> None:
    data = encoded(" ".join(words), codec)
    found = attempt(data) if data is not None else None
    assert not isinstance(found, Decoded) or found.text == " ".join(words)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*RU, *KK]), st.sampled_from([*RU, *KK]), st.sampled_from(LEGACY), st.sampled_from(["utf-8", *READ])
)
def test_a_file_put_together_from_two_encodings_is_not_published_half_garbled(
    one: str, two: str, first: str, second: str
) -> None:
    parts = encoded(one, first), encoded(two, second)
    if parts[0] is None or parts[1] is None:
        return
    found = attempt(parts[0] + b"\n\n" + parts[1])
    assert not isinstance(found, Decoded) or found.text == f"{one}\n\n{two}"


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "windows-1251", "iso-8859-1", "kz-1048", "utf-8", "base64", "no\udc80"]),
)
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes, declared: str) -> None:
    assert attempt(data, declared)


# --- what was garbled before ---


@pytest.mark.parametrize("text", [*RU, *KK])
@pytest.mark.parametrize("codec", ["cp1251", "cp1252", "latin-1"])
def test_utf_8_that_was_read_as_something_else_is_refused(text: str, codec: str) -> None:
    garbled = "".join(_char(byte, codec) for byte in text.encode())
    error = attempt(f"# A title\n\n{garbled}\n".encode())
    assert isinstance(error, ArticleError)
    assert error.line == 3
    assert "garbled" in error.reason


def _char(byte: int, codec: str) -> str:
    try:
        return bytes((byte,)).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize("text", RU)
@pytest.mark.parametrize(("written", "read"), [("cp1251", "latin-1"), ("cp1251", "koi8-r"), ("koi8-r", "cp1251")])
def test_windows_1251_that_was_read_as_something_else_is_refused(text: str, written: str, read: str) -> None:
    garbled = f"{RU[0]}\n{text}".encode(written, "ignore").decode(read)
    assert isinstance(attempt(garbled.encode()), ArticleError)


@pytest.mark.parametrize(
    "text",
    ["Он ехал в ТІРІ и в МкТ.", "РСФСР… СССР» и РСЕ/РС», «Р»", "Zürich, Ñandú, été, ÖBB", "ÀÉÈÊ only once", "ҰЛТТЫҚ ТІРІСІНДЕ"],
)  # fmt: skip
def test_what_only_looks_odd_is_read(text: str) -> None:
    assert encodings.decode(text.encode()).text == text


def test_what_is_lost_is_told() -> None:
    assert encodings.decode("It\ufffds a bridge".encode()).problems == (
        "a character (\ufffd) was lost before the file was saved; lost in all: 1",
    )
    assert "garbled" in encodings.decode("It isnâ€™t a bridge".encode()).problems[0]


# --- what a page declares ---


@pytest.mark.parametrize("declared", ["windows-1251", "koi8-r", "iso-8859-1", "utf-8", "", "nonsense"])
def test_a_wrong_declaration_gives_way_to_a_sure_reading(declared: str) -> None:
    for codec in ("cp1251", "koi8-r"):
        text = "\n".join(_as(one, "koi8-r") for one in RU)
        found = attempt(text.encode(codec), declared)
        assert isinstance(found, Decoded)
        assert found.text == text


@pytest.mark.parametrize("codec", ["kz1048", "ptcp154"])
def test_kazakh_that_calls_itself_windows_1251_is_not_garbled(codec: str) -> None:
    for text in [*KK, *sentences(KK), "\n".join(KK)]:
        found = attempt(text.encode(codec), "windows-1251")
        assert not isinstance(found, Decoded) or found.text == text, text


def test_what_is_declared_and_fits_is_no_problem() -> None:
    assert encodings.decode("Мост закрыт".encode("cp1251"), declared="windows-1251") == Decoded(
        text="Мост закрыт", encoding="windows-1251"
    )
    ukrainian = RU[3] + " Об этом пишет «Київ»."
    assert encodings.decode(ukrainian.encode("cp1251"), declared="windows-1251").text == ukrainian


def test_western_is_windows_1252_as_browsers_have_it() -> None:
    page = b"<p>It isn\x92t \x93Caf\xe9\x94, the owner said."
    assert encodings.decode(page, declared="iso-8859-1").text == "<p>It isn’t “Café”, the owner said."

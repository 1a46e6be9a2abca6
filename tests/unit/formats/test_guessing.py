"""What is no UTF-8 is read only where every encoding that fits reads the same words; else its reader is asked."""

import pytest

from annotations.formats.errors import RefusedError, Remedy
from annotations.formats.files.decoding import decode
from annotations.formats.files.guessing import CODE_PAGES, guess_encoding
from tests.bounds import within

TEXTS = {
    "French": "Le ministre a annoncé que le projet était prêt après de longues négociations ; l’opposition "
    "s’inquiète à nouveau du coût élevé.",
    "short French": "Il a été élu maire de la ville de Lyon. Il est né à Paris.",
    "German": "Die Größe der Städte wächst über Jahre; viele Bürger äußern sich besorgt. „Das wäre schön“, sagte "
    "Frau Müller.",
    "Polish": "Rząd ogłosił, że żadna decyzja jeszcze nie zapadła, choć były już długie rozmowy. Część posłów się "
    "sprzeciwia.",
    "Czech": "Vláda oznámila, že žádné rozhodnutí ještě nepadlo, přestože dlouhá jednání už proběhla.",
    "Hungarian": "A kormány bejelentette, hogy még nem született döntés. Több képviselő ellenzi az új törvényt.",
    "Spanish": "El año pasado la situación cambió; ¿qué dirán mañana los niños? La opinión está dividida.",
    "Turkish": "Hükümet yeni yasayı açıkladı; görüşmeler uzun sürdü. İstanbul’da çok sayıda kişi buna karşı çıktı.",
    "Swedish": "Regeringen meddelade att något beslut ännu inte har fattats. Många ledamöter är emot förslaget.",
    "Russian": "Правительство объявило, что решение ещё не принято. Некоторые депутаты выступили против.",
    "Ukrainian": "Уряд оголосив, що рішення ще не ухвалено. Деякі депутати виступили проти цього закону.",
    "Greek": "Η κυβέρνηση ανακοίνωσε ότι δεν υπάρχει ακόμη απόφαση. Ορισμένοι βουλευτές διαφώνησαν.",
    "Hebrew": "הממשלה הודיעה כי עדיין לא התקבלה החלטה. חברי כנסת רבים מתנגדים לחוק החדש.",
    "Arabic": "أعلنت الحكومة أن القرار لم يتخذ بعد، ويعارض كثير من النواب مشروع القانون الجديد.",
    "Thai": "รัฐบาลประกาศว่ายังไม่มีการตัดสินใจ สมาชิกสภาหลายคนคัดค้านกฎหมายใหม่",
    "Japanese": "政府は新しい法案を発表した。反対する議員もいるが、多くの市民は賛成している。東京で集会が開かれた。",
    "Chinese": "政府昨天宣布了新的计划，但是许多市民表示反对。专家认为这个问题需要更多的讨论。",
    "Taiwanese": "政府昨天宣布了新的計劃，但是許多市民表示反對。專家認為這個問題需要更多的討論。",
    "Korean": "정부는 새로운 계획을 발표했지만 많은 시민들은 반대한다고 말했다.",
    "English": "The minister’s “plan” was a café of ideas – nothing more.",
}
CODECS = (*CODE_PAGES, "utf_16_le", "utf_16_be", "iso8859_1", "iso8859_8", "cp949", "big5", "shift_jis")


def list_writable() -> list[tuple[str, str]]:
    pairs = []
    for language, text in TEXTS.items():
        for codec in CODECS:
            try:
                raw = text.encode(codec)
            except UnicodeError:
                continue
            if not raw.isascii() or b"\0" in raw:
                pairs.append((language, codec))
    return pairs


@pytest.mark.parametrize(("language", "codec"), list_writable())
def test_a_text_is_read_as_it_was_written_or_asked_about(language: str, codec: str) -> None:
    text = TEXTS[language]
    for written in (text, text[: len(text) // 2], text[:25], (text + "\n") * 50):
        raw = written.encode(codec)
        if raw.isascii() and b"\0" not in raw:
            continue
        try:
            read = raw.decode(guess_encoding(raw))
        except RefusedError:
            continue
        assert read == written


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("German", "cp1252"),
        ("Polish", "cp1250"),
        ("Russian", "cp1251"),
        ("Russian", "koi8_r"),
        ("Ukrainian", "koi8_u"),
        ("Greek", "cp1253"),
        ("Arabic", "cp1256"),
        ("Thai", "cp874"),
        ("Japanese", "shift_jis"),
        ("Japanese", "euc_jp"),
        ("Chinese", "gb18030"),
        ("Taiwanese", "big5"),
        ("Korean", "euc_kr"),
        ("English", "cp1252"),
        ("French", "utf_16_le"),
    ],
)
def test_where_nothing_is_in_doubt_nobody_is_asked(language: str, codec: str) -> None:
    raw = TEXTS[language].encode(codec)
    assert raw.decode(guess_encoding(raw)) == TEXTS[language]


@pytest.mark.parametrize(
    ("language", "codec", "readings"),
    [
        ("French", "cp1252", ("“prêt à", "“pręt ŕ")),
        ("Spanish", "cp1252", ("año", "ańo")),
        ("Czech", "cp1250", ("ještě", "ještì")),
        ("Hungarian", "cp1250", ("képviselő", "képviselõ")),
        ("Turkish", "cp1254", ("görüşmeler", "görüþmeler")),
    ],
)
def test_where_code_pages_read_different_letters_the_words_of_each_are_shown(
    language: str, codec: str, readings: tuple[str, str]
) -> None:
    raw = TEXTS[language].encode(codec)
    with pytest.raises(RefusedError) as refused:
        guess_encoding(raw)
    assert all(reading in str(refused.value) for reading in readings)
    assert TEXTS[language] in [raw.decode(choice) for choice in refused.value.choices]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(RefusedError, match="could be recognised") as refused:
        guess_encoding(bytes(range(256)) * 4)
    assert refused.value.remedy == Remedy.ENCODING


@pytest.mark.parametrize(
    "part",
    [b"\xe9 ", b"\xe9\n", b"\xe9word ", "слово за словом ".encode("cp1251")],
    ids=["letters", "lines", "words", "Russian"],
)
def test_a_large_file_that_fits_several_encodings_takes_little_memory_and_time(part: bytes) -> None:
    """All its readings at once, or an object for each place that is no UTF-8, were fifty times the file."""
    raw = part * ((4 << 20) // len(part))
    with pytest.raises(RefusedError, match="several encodings fit it"), within(megabytes=64, seconds=12):
        decode(raw)


def test_a_long_line_is_judged_by_where_it_goes_beyond_ascii() -> None:
    raw = b"word " * 50_000 + TEXTS["Russian"].encode("cp1251")
    assert raw.decode(guess_encoding(raw)).endswith(TEXTS["Russian"])

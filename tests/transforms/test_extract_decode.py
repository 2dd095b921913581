"""Bytes to text: the labels of the WHATWG encoding standard, and names that only Python knows."""

from __future__ import annotations

from encodings.aliases import aliases

import pytest

from transforms.extract import extract
from transforms.extract.decode import declared, decode

CZECH = "Žluťoučký kůň úpěl ďábelské ódy"
GREEK = "Ο δήμος ψήφισε"
RUSSIAN = "Мост закрыт до весны"
TEXT = "The council voted on Monday night to keep the line open until the spring, the mayor of Zürich said. " * 3

# Transforms of bytes, text codecs that take no error handler, Python's own escapes, and what browsers dropped for safety.
PYTHON_ONLY = sorted({*aliases, *aliases.values(), "undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
DANGEROUS = [
    "utf-7",
    "unicode_escape",
    "raw_unicode_escape",
    "rot13",
    "hex",
    "zlib",
    "base64",
    "idna",
    "punycode",
    "undefined",
    "cp037",
    "hz",
]


def header(label: str) -> str:
    return f"text/html; charset={label}"


@pytest.mark.parametrize("body", ["Zürich, aé".encode("cp1252"), b"\xff\x00\xc3(" * 30, b"a.b..c\xe9", b""])
def test_no_codec_name_of_python_breaks_a_page(body: bytes) -> None:
    for label in PYTHON_ONLY:
        decode(body, header(label)).encode("utf-8")


@pytest.mark.parametrize("label", DANGEROUS)
def test_what_browsers_do_not_decode_is_no_claim(label: str) -> None:
    assert declared(b"", header(label)) == []
    assert declared(f'<meta charset="{label}">'.encode(), None) == []
    assert decode("+ADw-script Zürich \\x41 48".encode("cp1252"), header(label)) == "+ADw-script Zürich \\x41 48"


@pytest.mark.parametrize("label", ["hex", "idna", "undefined", "zlib"])
def test_a_page_with_a_silly_label_is_read(label: str) -> None:
    html = f'<meta charset="{label}"><title>Council keeps the tram</title><h1>Council keeps the tram</h1><p>{TEXT}</p>'
    assert "mayor of Zürich said" in extract(html.encode("cp1252"), "https://paper.example/a", content_type=header(label)).body


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("windows-1250", "cp1250", CZECH),
        ("x-cp1250", "cp1250", CZECH),
        ("iso-8859-2", "iso8859_2", CZECH),
        ("l2", "iso8859_2", CZECH),
        ("ISO-8859-7", "iso8859_7", GREEK),
        ("windows-1253", "cp1253", GREEK),
        ("koi8-r", "koi8_r", RUSSIAN),
        ("KOI8-U", "koi8_u", "Міст закрито"),
        ("cp866", "cp866", RUSSIAN),
        ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN),
        ("windows-1254", "cp1254", "İstanbul’da köprü"),
        ("iso-8859-9", "cp1254", "İstanbul’da köprü"),
        ("latin5", "cp1254", "“İstanbul”"),
        ("windows-1255", "cp1255", "שלום עולם"),
        ("iso-8859-8-i", "iso8859_8", "שלום עולם"),
        ("windows-1256", "cp1256", "مرحبا بالعالم"),
        ("windows-1257", "cp1257", "Tiltas uždarytas"),
        ("windows-1258", "cp1258", "Cầu".encode("cp1258", "ignore").decode("cp1258")),
        ("tis-620", "cp874", "สวัสดี…"),
        ("windows-874", "cp874", "สวัสดี"),
        ("gbk", "gb18030", "大桥关闭"),
        ("x-gbk", "gb18030", "大桥关闭"),
        ("big5", "big5", "大橋關閉"),
        ("big5-hkscs", "big5hkscs", "大橋關閉"),
        ("euc-kr", "cp949", "다리가 똠"),
        ("windows-949", "cp949", "다리가 똠"),
        ("ks_c_5601-1987", "cp949", "다리가"),
        ("x-sjis", "cp932", "橋①は閉鎖"),
        ("windows-31j", "cp932", "橋①は閉鎖"),
        ("ms_kanji", "cp932", "橋①は閉鎖"),
        ("euc-jp", "euc_jp", "橋は閉鎖"),
        ("x-euc-jp", "euc_jp", "橋は閉鎖"),
        ("iso-8859-15", "iso8859_15", "Œuvre à 5 €"),
        ("macintosh", "mac_roman", "Zürich – “hi”"),
        ("x-mac-roman", "mac_roman", "Zürich – “hi”"),
        # everything that calls itself Latin 1 or ASCII is windows-1252
        ("latin1", "cp1252", "“Zürich” – 5 €"),
        ("latin-1", "cp1252", "“Zürich” – 5 €"),
        ("iso_8859-1", "cp1252", "“Zürich” – 5 €"),
        ("iso8859-1", "cp1252", "“Zürich” – 5 €"),
        ("cp819", "cp1252", "“Zürich” – 5 €"),
        ("us-ascii", "cp1252", "“Zürich” – 5 €"),
        ("ansi_x3.4-1968", "cp1252", "“Zürich” – 5 €"),
        ("x-cp1252", "cp1252", "“Zürich” – 5 €"),
        ("x-unknown", "cp1252", "“Zürich” – 5 €"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, codec: str, text: str) -> None:
    assert decode(text.encode(codec), header(label)) == text


@pytest.mark.parametrize("written", ["charset=koi8-r", "charset = 'koi8-r'", 'Charset="KOI8-R"; x=1', "charset=koi8-r;profile=x"])
def test_the_header_is_read_as_servers_write_it(written: str) -> None:
    assert decode(RUSSIAN.encode("koi8_r"), f"text/html; {written}") == RUSSIAN


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="koi8-r">',
        "<META CHARSET=koi8-r>",
        '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
        '<?xml version="1.0" encoding="koi8-r"?>',
    ],
)
def test_the_page_s_own_claim_is_read(head: str) -> None:
    assert decode(head.encode() + RUSSIAN.encode("koi8_r")) == head + RUSSIAN


def test_the_header_beats_the_page_and_the_bytes_beat_both() -> None:
    meta = b'<meta charset="cp1251">'
    assert RUSSIAN in decode(meta + RUSSIAN.encode("koi8_r"), header("koi8-r"))
    assert RUSSIAN in decode(meta + RUSSIAN.encode(), header("koi8-r"))
    assert decode(b"\xef\xbb\xbf" + RUSSIAN.encode(), header("koi8-r")) == RUSSIAN


def test_a_claim_of_utf_8_that_the_bytes_belie_yields_to_the_other_claim() -> None:
    assert RUSSIAN in decode(b'<meta charset="windows-1251">' + RUSSIAN.encode("cp1251"), header("utf-8"))
    assert decode("Grüße – “da”".encode("cp1252"), header("utf-8")) == "Grüße – “da”"


def test_iso_2022_jp_is_taken_from_either_claim() -> None:
    body = b'<meta charset="iso-2022-jp">' + "橋は閉鎖".encode("iso2022_jp")
    assert decode(body, header("windows-1252")).endswith("橋は閉鎖")
    assert decode(body).endswith("橋は閉鎖")


@pytest.mark.parametrize(("mark", "codec"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")])
@pytest.mark.parametrize("label", ["utf-8", "koi8-r", "hex"])
def test_a_byte_order_mark_beats_every_claim_and_is_no_text(mark: bytes, codec: str, label: str) -> None:
    assert decode(mark + "Žluť 橋".encode(codec), header(label)) == "Žluť 橋"


def test_an_odd_byte_at_the_end_of_utf_16_is_marked() -> None:
    assert decode(b"\xff\xfea\x00b") == "a\ufffd"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_only_the_header_announces_is_read(codec: str) -> None:
    assert decode("<p>Zürich, 橋".encode(codec), f"text/html; charset={codec}") == "<p>Zürich, 橋"


@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "unicode", "utf-16be"])
def test_ascii_that_claims_utf_16_in_its_own_meta_is_ascii(label: str) -> None:
    page = f'<meta charset="{label}"><p>plain'.encode()
    assert decode(page) == page.decode()


@pytest.mark.parametrize(("broken", "is_utf8"), [(1, True), (9, True), (40, False)])
def test_some_broken_bytes_do_not_unmake_utf_8(broken: int, is_utf8: bool) -> None:
    body = "ü".encode() * 50 + b"\xff " * broken
    assert decode(body).startswith("ü" * 50) is is_utf8

"""The language of a text: by its script where only one language is written in it, by its function words, else by letter statistics.

The statistics (py3langid) take 0.6 s and 85 MB once: few processes ever need them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from transforms.extract import wording
from transforms.extract.signals import Signals, Told

# Letters that are looked at: slices of the start, the middle and the end, so that a quotation does not decide. On 370 pages of five
# corpora 3 x 200 characters gave the same language as 3000 from the start, in a third of the time; 600 did not.
SLICE, SLICES = 200, 3
# Where that leaves doubt, so much of the start is read.
LONGEST_SAMPLE = 3000
# Shorter texts are believed less than what the page declares.
SURE = 200
# Codes that the identifier and pages use for what readers know under another one.
SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh", "zho": "zh", "yue": "zh"}
# First letter of a script in Unicode -> its one language of news, "" where there are several or none.
SCRIPTS = {
    0x0000: "", 0x0370: "el", 0x0400: "", 0x0530: "hy", 0x0590: "he", 0x0600: "", 0x0980: "bn", 0x0A00: "pa", 0x0A80: "gu",
    0x0B00: "or", 0x0B80: "ta", 0x0C00: "te", 0x0C80: "kn", 0x0D00: "ml", 0x0D80: "si", 0x0E00: "th",
    0x0E80: "lo", 0x0F00: "", 0x1000: "my",
    0x10A0: "ka", 0x1100: "ko", 0x1200: "am", 0x13A0: "", 0x1780: "km", 0x1800: "", 0x1F00: "el", 0x2000: "", 0x3040: "ja", 0x3100: "",
    0x3130: "ko", 0x3190: "", 0x3400: "zh", 0xA000: "", 0xAC00: "ko", 0xD7B0: "", 0xF900: "zh", 0xFB00: "",
}  # fmt: skip
FIRST_LETTERS = list(SCRIPTS)
# Share of a text's letters that are in the script of its language; names, addresses and abbreviations are in Latin letters, and longer.
SCRIPT_SHARE = 0.4
# Where nothing better is known, a text between addresses and names of products.
WEAK_SCRIPT_SHARE = 0.1
# Japanese has a third to a half of kana among its characters; a Chinese text that quotes a name has a few.
KANA_SHARE = 0.1


def normalised(code: str | None) -> str | None:
    """ISO 639-1 out of `en-GB`, `nb_NO`.

    >>> normalised("nb_NO")
    'no'
    """
    short = (code or "").replace("_", "-").split("-")[0].strip().lower()
    return SAME.get(short, short) if short.isalpha() and len(short) in {2, 3} else None


def identify(body: str, declared: str | None = None) -> str | None:
    """Code of the body's language; the page's own word where the text is too short to tell."""
    found = identified(body, Told(declared, "declared") if declared else None)
    return found.text if found else None


def identified(body: str, declared: Told | None = None) -> Told | None:
    """The same with its source: `script`, `words`, `letters`, or where the page declares it."""
    sample, code = sampled(body), normalised(declared.text) if declared else None
    stated = Told(code, declared.source) if declared and code else None
    if script := by_script(sample):
        return Told(script, "script")
    told = by_words(sample, body, code)
    if told.is_sure or told.confirms(code):
        return Told(told.code, "words")
    if stated and (len(body) < SURE or code not in wording.known()):
        return stated
    return in_doubt(told, sample) or stated


def by_words(sample: str, body: str, stated: str | None) -> wording.Guess:
    """What the function words say: of the sample, and where that leaves doubt, of more."""
    told = wording.guess(sample)
    return told if told.is_sure or told.confirms(stated) else wording.guess(body[:LONGEST_SAMPLE])


def in_doubt(told: wording.Guess, sample: str) -> Told | None:
    """What is likely by words, else by letters, if there are enough words to tell."""
    if told.is_likely:
        return Told(told.code, "words")
    if script := by_script(sample, WEAK_SCRIPT_SHARE):
        return Told(script, "script")
    code = by_letters(sample) if told.words >= wording.FEWEST_WORDS else None
    return Told(code, "letters") if code else None


def sampled(body: str) -> str:
    """Slices of the start, the middle and the end of a text, or the whole of a short one."""
    if len(body) <= SLICE * SLICES:
        return body
    step = (len(body) - SLICE) // (SLICES - 1)
    return " ".join(body[at : at + SLICE] for at in range(0, SLICES * step, step))


def by_script(sample: str, share: float = SCRIPT_SHARE) -> str | None:
    """The language of this share of the letters or more, where their script has one."""
    if sample.isascii():
        return None
    counts = Counter(SCRIPTS[FIRST_LETTERS[bisect_right(FIRST_LETTERS, ord(letter)) - 1]] for letter in sample if letter.isalpha())
    if counts["ja"] >= KANA_SHARE * (counts["ja"] + counts["zh"]) > 0:
        counts["ja"] += counts.pop("zh", 0)
    letters = counts.total()
    code, count = max(((code, count) for code, count in counts.items() if code), key=lambda pair: pair[1], default=("", 0))
    return code if code and count >= share * letters else None


def by_letters(sample: str) -> str | None:
    """The most likely language by letter statistics; None for a text without letters."""
    from py3langid import classify

    return normalised(str(classify(sample)[0])) if any(map(str.isalpha, sample)) else None


def declared(signals: Signals) -> str | None:
    """The language that the page says it is in."""
    told = stated(signals)
    return told.text if told else None


def stated(signals: Signals) -> Told | None:
    """The same with its source."""
    root = signals.tree.css_first("html")
    written = (root.attributes.get("lang") if root else None) or ""
    found = [Told(written, "html:lang"), *signals.told("og:locale", "content-language", "language")]
    if signals.outlet and signals.outlet.language:
        found.append(Told(signals.outlet.language, "outlet"))
    return next((told for told in found if told.text), None)

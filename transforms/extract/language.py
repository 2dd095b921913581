"""The language of a text."""

from __future__ import annotations

from transforms.extract.signals import Signals

# Identification is sure from a few hundred characters on; more costs time only.
SAMPLE = 1000
# Shorter texts are believed less than what the page declares.
SURE = 200
# Codes that the identifier and pages use for what readers know under another one.
SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh", "zho": "zh"}


def normalised(code: str | None) -> str | None:
    """ISO 639-1 out of `en-GB`, `nb_NO`.

    >>> normalised("nb_NO")
    'no'
    """
    short = (code or "").replace("_", "-").split("-")[0].strip().lower()
    return SAME.get(short, short) if short.isalpha() and len(short) in {2, 3} else None


def identify(body: str, declared: str | None = None) -> str | None:
    """Code of the body's language; the page's own word where the text is too short to tell."""
    from py3langid import classify

    stated = normalised(declared)
    if len(body) < SURE and stated:
        return stated
    return normalised(str(classify(body[:SAMPLE])[0])) if body.strip() else stated


def declared(signals: Signals) -> str | None:
    """The language that the page says it is in."""
    root = signals.tree.css_first("html")
    stated = [root.attributes.get("lang") if root else None, *signals.content("og:locale", "content-language", "language")]
    return next((code for code in stated if code), signals.outlet.language if signals.outlet else None)

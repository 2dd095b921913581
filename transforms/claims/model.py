"""The internal result: an attribution with offsets, before it becomes a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from transforms.claims.text import Range
from transforms.records import Certainty, ClaimsMethod, DateValue, NumberValue, Polarity, QuoteType, SpeakerKind

# How an attribution was found: by rules alone, or by a learned tagger (its encoder, its decoder) with rules around it.
METHOD = "rules/2"
LEARNED = "minilm-crf-l5/1; rules/2"
FAST = "minilm-crf-l2/1; rules/2"
METHODS: dict[ClaimsMethod, str] = {"model": LEARNED, "fast": FAST, "rules": METHOD}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is meant. `name` None: the text does not tell."""

    name: str | None
    kind: SpeakerKind | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what, where; offsets are code points into the text. `parent`: index of the enclosing attribution in the same list."""

    quote_type: QuoteType
    content: tuple[Range, ...]
    source: Range | None
    cue: Range | None
    sentence: Range
    speaker: Speaker
    polarity: Polarity
    certainty: Certainty
    is_negated: bool
    confidence: float
    chain: tuple[str, ...] = ()
    parent: int | None = None
    numbers: list[NumberValue] = field(default_factory=list)
    dates: list[DateValue] = field(default_factory=list)
    said_on: date | None = None
    method: str = METHOD

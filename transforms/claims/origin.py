"""Words that a speaker passes on from somebody else: "I got confirmation from the ministry that the road is open"."""

from __future__ import annotations

import re

from transforms.claims.text import Range

# Up to ten words of whoever told it, no further than a comma.
TOLD = r"(?P<by>(?:[^\s,;:.!?“”\"]+\.? ){1,10}?)that\b"
NEWS = r"(?:an? |the |some |no )?(?:assurances?|confirmation|information|news|notice|reports?|word)"
PASSED_ON = re.compile(
    r"[“\"'‘]?(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey)(?:['’](?:ve|d)| have| has| had)?(?: just| also| since)? "
    rf"(?:(?:got|gotten|had|received|obtained) {NEWS} from|(?:heard|learned|learnt) from"
    rf"|(?:was|were|been)(?: just| also)? (?:told|informed|assured|advised) by) {TOLD}"
)


def origin(text: str, content: tuple[Range, ...]) -> Range | None:
    """Who told the speaker what a content says, where its first words tell so."""
    found = PASSED_ON.match(text, *content[0])
    return (found.start("by"), found.end("by") - 1) if found else None

"""Everything that is told around a text, each value with the place that it was read from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from transforms.extract import address, dates, language, people, titles
from transforms.extract.people import Credits
from transforms.extract.signals import Signals, Told


def fields(signals: Signals, body: str, title: Told, who: Credits, signature: str | None, latest: datetime | None) -> dict[str, Any]:
    """Fields of an ExtractedPage besides its texts.

    Args:
        signals: The page.
        body: Its text: language and agency are read from it.
        title: Its headline.
        who: Who signs it.
        signature: The line that signs the text at its end.
        latest: Time of capture; later times are refused.
    """
    told = {
        "section": titles.section(signals),
        "agency": people.agency(signals, body, signature, who),
        "language": language.identified(body, language.stated(signals)),
        "canonical_url": address.named(signals),
        "site_name": signals.site_name,
    }
    dating, changed = dates.dated(signals, latest), dates.changed(signals, latest)
    sources = {"headline": title.source, "authors": who.source} | {name: value.source for name, value in told.items() if value}
    times = {name: at.evidence for name, at in (("published_at", dating.moment), ("modified_at", changed)) if at}
    return {
        **{name: value.text if value else None for name, value in told.items()},
        **dates.fields(dating.moment),
        "authors": who.authors,
        "signed": who.signed,
        "tags": titles.tags(signals),
        "modified_at": changed.at if changed else None,
        "evidence": {name: source for name, source in (sources | times).items() if source},
        "refused": dating.refused,
    }

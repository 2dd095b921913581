"""What somebody offers: one outlet and addresses of its pages, as an asset event or a message in a list carries it. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from common import urls
from common.errors import FetchRefused, Quarantined
from ingest.outlets import Outlet

# Addresses in one message; a larger list is a file for `consilience ingest files`, and one message must not stop the others.
MAX_URLS = 10_000
# Bytes of one message of a list: as many addresses of usual length.
MAX_BYTES = 1024 * 1024
# Characters of a refused address that a log line or a dead letter keeps.
SHOWN_CHARS = 200


@dataclass(frozen=True)
class Offer:
    """Pages of one outlet, as they were named: nothing is checked yet but the types."""

    outlet_id: str
    urls: tuple[str, ...]


@dataclass(frozen=True)
class Sorted:
    """The addresses of an offer: identities of pages to fetch, and what can't be a page of the outlet, with the reason."""

    usable: tuple[str, ...]
    refused: dict[str, str]


def parse(content: object) -> Offer:
    """Read `{"outlet": "bbc", "url": "https://…"}` or `{"outlet": "bbc", "urls": ["https://…", …]}`; other keys are left alone.

    Raises:
        Quarantined: it is of another form; the message says which one is wanted.
    """
    wanted = 'a message is {"outlet": ID, "url": ADDRESS} or {"outlet": ID, "urls": [ADDRESS, …]}'
    if not isinstance(content, dict):
        raise Quarantined(f"{wanted}, not {type(content).__name__}")
    outlet_id, single, several = content.get("outlet"), content.get("url"), content.get("urls", [])
    if not isinstance(outlet_id, str) or not outlet_id.strip():
        raise Quarantined(f"{wanted}; this one names no outlet")
    if not isinstance(several, list):
        raise Quarantined(f"{wanted}; here urls is {type(several).__name__}")
    named = [*([] if single is None else [single]), *several]
    if not named:
        raise Quarantined(f"{wanted}; this one names no address")
    if len(named) > MAX_URLS:
        raise Quarantined(f"{len(named)} addresses in one message; send at most {MAX_URLS} in one")
    return Offer(outlet_id.strip(), tuple(one if isinstance(one, str) else f"<{type(one).__name__}>" for one in named))


def decode(raw: bytes) -> Offer:
    """Read a message of a list.

    Raises:
        Quarantined: too large, no UTF-8, no JSON, or as in `parse`.
    """
    if len(raw) > MAX_BYTES:
        raise Quarantined(f"a message of {len(raw)} bytes; send at most {MAX_BYTES}")
    try:
        content = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Quarantined(f"not JSON in UTF-8: {error}"[:SHOWN_CHARS]) from error
    return parse(content)


def sort(outlet: Outlet, named: Iterable[str], check: Callable[[str], object]) -> Sorted:
    """Which of the addresses are pages of the outlet; `check` raises FetchRefused for what may not be fetched."""
    usable: dict[str, None] = {}
    refused: dict[str, str] = {}
    for one in named:
        try:
            page = urls.canonical(one)
            check(page)
        except FetchRefused as error:
            refused[one[:SHOWN_CHARS]] = str(error)
            continue
        if outlet.wants(page):
            usable[page] = None
        else:
            refused[one[:SHOWN_CHARS]] = f"include and exclude of outlet {outlet.id!r} keep it out"
    return Sorted(tuple(usable), refused)


def receiver(outlets: dict[str, Outlet], outlet_id: str) -> Outlet:
    """The outlet that an offer names.

    Raises:
        Quarantined: there is none of this name, or it is switched off.
    """
    found = outlets.get(outlet_id)
    if found is None:
        raise Quarantined(f"no outlet {outlet_id[:SHOWN_CHARS]!r}; `consilience outlets list` names them")
    if not found.enabled:
        raise Quarantined(f"outlet {outlet_id!r} is switched off; set `enabled: true` in its file")
    return found

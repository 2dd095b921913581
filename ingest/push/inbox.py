"""The durable inbox of everything that is pushed: the frontier. What is in it is fetched by the next push or live batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import TracebackType

import sqlalchemy as sa

from common import clock, logs
from common.errors import Quarantined
from common.settings import Settings
from ingest import frontier
from ingest.discover.records import Discovered
from ingest.outlets import Outlet, load_outlets
from ingest.push.messages import Offer, receiver, sort
from ingest.records import Hint
from ingest.state import URL, open_state
from ingest.web.target import check_target

# Where a page came from, as its hint says it; the transforms know the word.
SOURCE = "push"
# Refused addresses that the log names; the rest is only counted.
LOGGED = 5


class Inbox:
    """Puts offers into the frontier; outlets are read and the state is opened once. Use as `with`.

    Raises:
        Misconfigured: an outlet file is faulty (so that nothing is thrown away for it), or the state can't be opened.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.outlets = {outlet.id: outlet for outlet in load_outlets(settings.outlets_dir)}
        self.engine = open_state(settings)

    def __enter__(self) -> Inbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.engine.dispose()

    def outlet(self, outlet_id: str) -> Outlet:
        """The outlet that an offer names.

        Raises:
            Quarantined: it does not exist or is switched off.
        """
        return receiver(self.outlets, outlet_id)

    def put(self, offers: Iterable[Offer]) -> Counter[str]:
        """Offer the pages of all that is usable; it is durable when this returns. Doing it again changes nothing.

        Returns counts: offered (pages, known ones too), refused (addresses), unknown (messages whose outlet does not exist).
        """
        counts: Counter[str] = Counter(offered=0, refused=0, unknown=0)
        by_outlet: dict[str, list[str]] = {}
        for offer in offers:
            by_outlet.setdefault(offer.outlet_id, []).extend(offer.urls)
            counts["unknown"] += offer.outlet_id not in self.outlets or not self.outlets[offer.outlet_id].enabled
        for outlet_id, addresses in by_outlet.items():
            counts.update(self._put(outlet_id, addresses))
        return counts

    def _check(self, url: str) -> None:
        check_target(url, self.settings.allow_ports, self.settings.allow_networks)

    def _put(self, outlet_id: str, addresses: list[str]) -> dict[str, int]:
        log = logs.get(outlet=outlet_id)
        try:
            outlet = self.outlet(outlet_id)
        except Quarantined as error:
            log.warning("push_refused", addresses=len(addresses), detail=str(error))
            return {"refused": len(addresses)}
        found = sort(outlet, addresses, self._check)
        for address, reason in list(found.refused.items())[:LOGGED]:
            log.warning("push_refused", url=address, detail=reason)
        pages = [Discovered(url, Hint(source=SOURCE)) for url in found.usable]
        frontier.offer(self.engine, outlet_id, pages, clock.now())
        log.info("pushed", pages=len(pages), refused=len(found.refused))
        return {"offered": len(pages), "refused": len(found.refused)}


def waiting(engine: sa.Engine, outlet_ids: Sequence[str], now: datetime) -> list[str]:
    """Which of the outlets have pushed pages to be fetched now that no live claim holds."""
    # the hint is compact JSON of ours; a quote inside one of its values is escaped, so no title can look like this
    pushed = URL.c.hint.contains(f'"source":"{SOURCE}"', autoescape=True)
    free = sa.or_(URL.c.claimed_by.is_(None), URL.c.claimed_until < now)
    due = sa.and_(URL.c.outlet_id.in_(outlet_ids), URL.c.status == "due", URL.c.next_due_at <= now)
    with engine.begin() as connection:
        return sorted(connection.execute(sa.select(URL.c.outlet_id).where(due, free, pushed).distinct()).scalars())


def waiting_outlets(settings: Settings) -> list[str]:
    """Ids of enabled outlets that have pushed pages to be fetched now: those that a push batch visits.

    Raises:
        Misconfigured: an outlet file is faulty, or the state can't be opened.
    """
    with Inbox(settings) as inbox:
        return waiting(inbox.engine, [outlet.id for outlet in inbox.outlets.values() if outlet.enabled], clock.now())

"""Asks an outlet's sources and hands what they show to the frontier; a source that fails is noted, the others go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa

from common import clock, ids, logs, urls
from common.errors import ConsilienceError, FetchDelayed, Quarantined, RetryLater
from ingest.discover import sources
from ingest.discover.dates import instant, period_in_url
from ingest.discover.records import Child, Discovered, Listing
from ingest.discover.sources import Source, SourceKind
from ingest.discover.window import Window
from ingest.manners.visit import Visitor
from ingest.outlets import Outlet
from ingest.rhythm import pace as rhythm
from ingest.rhythm import polls, sightings
from ingest.rhythm.pace import Pace, Poll, SourceState
from ingest.web.fetch import Answer

# An index names files that name pages; one more level is seen at a few outlets, deeper ones are loops.
MAX_DEPTH = 3
# Sources of one outlet in one run: at a second each a run stays below two minutes; a day of an archive needs three.
MAX_SOURCES = 100


@dataclass
class Found:
    """What a walk brought: pages of the window, how many each source names in all, why sources failed."""

    pages: list[Discovered] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@dataclass
class _Index:
    """An index that was read in this walk; it is noted at the end, when it is known what its children brought."""

    state: SourceState
    poll: Poll
    told: set[str]
    brought: int = 0


def _source(state: SourceState) -> Source:
    return Source(cast("SourceKind", state.kind), state.url)


def _is_told(known: SourceState | None, child: Child) -> bool:
    """Whether an index tells something new of a child: that it exists, or that it has changed."""
    if known is None or child.lastmod is None:
        return known is None
    return known.lastmod is None or child.lastmod > known.lastmod


def _is_torn(listing: Listing, since: datetime | None) -> bool:
    """Whether a list does not reach back to when the outlet last answered: pages may have come and gone in between."""
    dates = [page.dated_at for page in listing.pages if page.dated_at]
    return since is not None and bool(dates) and min(dates) > since


class Walk:
    """One outlet's discovery for one batch.

    `conditional`: ask only for what changed since the last time (live); an archive run needs the whole answer.
    `everything`: ask every source, due or not. `keeps`: false for a look that leaves no traces.
    """

    def __init__(
        self,
        visitor: Visitor,
        engine: sa.Engine,
        outlet: Outlet,
        window: Window,
        pace: Pace,
        *,
        conditional: bool,
        everything: bool = False,
        keeps: bool = True,
    ) -> None:
        self.visitor, self.engine, self.outlet, self.window, self.pace = visitor, engine, outlet, window, pace
        self.conditional, self.everything, self.keeps = conditional, everything, keeps
        self.found, self.asked, self.down = Found(), set[str](), dict[str, datetime]()
        self.indexes: list[_Index] = []
        self.keys: set[str] = set()
        self.was_away = self.was_gone = self.is_torn = False
        self.last_answer: datetime | None = None
        self.states: dict[str, SourceState] = {}

    async def run(self) -> Found:
        """Ask the sources whose time has come; pages outside the window or the outlet's patterns are left out."""
        self.states = polls.load(self.engine, self.outlet.id) if self.keeps else {}
        own = [self._state(source.kind, source.url) for source in self._sources()]
        self.keys = {one.source_id for one in own}
        self.last_answer = max((one.answered_at for one in self.states.values() if one.answered_at), default=None)
        self.was_away = rhythm.is_gap(self.last_answer, clock.now(), (one.interval_s for one in own))
        named = await self._own_level(own)
        await self._descend(named + self._known_children())
        if self.is_torn and not self.outlet.sections:
            await self._look_at_front_page()
        for index in self.indexes:
            self._note_index(index)
        if self.asked and self.conditional:
            polls.note(self.engine, self.outlet.id, rhythm.spread(self.own), clock.now())
        return self.found

    # which

    def _sources(self) -> list[Source]:
        """What the outlet file names. Yesterday's lists are asked by live ingest; the nightly batch adds what only archives know."""
        named = sources.of_outlet(self.outlet, self.window, self.visitor.settings)
        return named if self.conditional or self.everything else [one for one in named if one.kind in sources.ARCHIVES]

    def _state(self, kind: str, url: str) -> SourceState:
        source_id = polls.source_id(self.outlet.id, url)
        known = self.states.get(source_id)
        return replace(known, kind=kind, parent_id=None) if known else SourceState(source_id, url, kind)

    @property
    def own(self) -> list[SourceState]:
        """The sources of the outlet file that were ever asked, as they are now."""
        return [one for one in self.states.values() if one.source_id in self.keys]

    def _is_due(self, state: SourceState) -> bool:
        return (self.everything and not state.is_child) or state.due(clock.now()) or self._is_new_day(state)

    def _is_turn(self, child: SourceState) -> bool:
        """Whether a child or a front page is asked: when due, and right after a feed or sitemap of the outlet file, where there is one.

        What it brings then is what only it names; else it would take the others' news and never settle.
        """
        if not self._is_due(child):
            return False
        parents = {one.parent_id for one in self.states.values()}
        pages = {one.source_id for one in self.own if one.source_id not in parents and not one.failures and one.kind != "section"}
        return not pages or bool(pages & self.asked) or self.everything

    def _is_new_day(self, state: SourceState) -> bool:
        """Whether an index should name a new child by now: the days of the newest are over, and its children bring pages."""
        now, children = clock.now(), self._children_of(state)
        periods = [period.last for one in children if (period := period_in_url(one.url))]
        waited = state.asked_at is None or now - state.asked_at >= timedelta(seconds=self.pace.base_s)
        return self._bring(children) and bool(periods) and max(periods) < now.date() and waited

    def _children_of(self, index: SourceState) -> list[SourceState]:
        return [one for one in self.states.values() if one.parent_id == index.source_id]

    def _bring(self, states: Iterable[SourceState]) -> bool:
        """Whether any of these sources has brought something of late."""
        return any(one.last_new_at and clock.now() - one.last_new_at < timedelta(seconds=rhythm.LATER_S) for one in states)

    def _is_spare(self, index: SourceState) -> bool:
        """Whether others bring the pages of an index: they bring some, its children none."""
        children = self._children_of(index)
        family = {index.source_id, *(one.source_id for one in children)}
        return self._bring(one for one in self.own if one.source_id not in family) and not self._bring(children)

    def _shows_the_same(self, state: SourceState, noticed: sightings.Noticed) -> bool:
        """Whether a child or a front page showed what others had brought. Other sources have turns of their own."""
        is_second = state.is_child or state.kind == "section"
        others = (one for one in self.own if one.source_id not in {state.source_id, state.parent_id})
        return is_second and noticed.listed > 0 and self._bring(others)

    def _opens(self, state: SourceState) -> bool:
        """Whether a child may hold pages of the window; one that can't any more is settled for good."""
        if self.window.opens(state.url, state.lastmod):
            return True
        if state.next_due_at is not None and self.window.undated:
            self._note(replace(state, next_due_at=None, reason="older than what live ingest looks back"))
        return False

    def _known_children(self) -> list[SourceState]:
        """Children of earlier walks whose turn it is. An archive run asks only what its indexes name now."""
        if not (self.conditional or self.everything):
            return []
        return [one for one in self.states.values() if one.is_child and self._is_turn(one) and self._opens(one)]

    # level by level

    async def _own_level(self, own: list[SourceState]) -> list[SourceState]:
        """Ask the sources of the outlet file, front pages after the others; returns children to be asked."""
        below = await self._level([one for one in own if one.kind != "section" and self._is_due(one)])
        below += await self._level([one for one in own if one.kind == "section" and self._is_turn(one)])
        if self.everything:  # an outlet that is back after a gap: the walk itself has set it
            below += await self._level(own)
        return below

    async def _descend(self, below: list[SourceState]) -> None:
        for depth in range(1, MAX_SOURCES):
            below = await self._level([one for one in below if one.kind != "sitemap" or depth < MAX_DEPTH])

    async def _level(self, states: list[SourceState]) -> list[SourceState]:
        """Ask sources in order of what they promise; returns children to be asked."""
        below: list[SourceState] = []
        wanted = {one.source_id: one for one in states if one.source_id not in self.asked}
        for state in sorted(wanted.values(), key=lambda one: (one.failures > 0, one.is_child, -rhythm.per_hour(one)[1])):
            if len(self.asked) < MAX_SOURCES and not self._waits(state):
                self.asked.add(state.source_id)
                below += await self._ask(state)
        return below

    def _waits(self, state: SourceState) -> bool:
        """Whether the source is left for later, because its host has just failed."""
        if self.everything or not (self.conditional and self.keeps):
            return False
        until = self.down.get(urls.origin(state.url))
        if until:
            self._note(replace(state, next_due_at=until, reason="its host has just failed"))
        return until is not None

    # asking

    async def _ask(self, state: SourceState) -> list[SourceState]:
        """Ask one source, read it and keep what it shows."""
        try:
            answer = await self._answer(state)
            is_same = answer.status == 304 or (self.conditional and self.keeps and ids.sha256(answer.body) == state.body_sha256)
            listing = Listing() if is_same else sources.read(_source(state), answer, self.outlet)
        except (Quarantined, RetryLater) as error:
            self._failed(state, error)
            return []
        return self._read(state, answer, listing, is_same=is_same)

    async def _answer(self, state: SourceState) -> Answer:
        """Fetch a source.

        Raises:
            Quarantined: it is gone or refused.
            RetryLater: it may answer later.
        """
        news = (one.last_new_at for one in self.states.values() if one.last_new_at and one.source_id != state.source_id)
        is_conditional = self.conditional and rhythm.conditional(state, clock.now(), max(news, default=None))
        answer = await self.visitor.get(
            state.url,
            kind="source",
            delay_s=sources.delay_s(_source(state), self.outlet),
            validators=state.validators if is_conditional else None,
            cut_at=sources.cut_at(_source(state)),
        )
        if answer.status not in {200, 203, 304}:
            raise Quarantined(f"{state.url} answers {answer.status}; correct or remove the address", url=state.url)
        return answer

    def _read(self, state: SourceState, answer: Answer, listing: Listing, *, is_same: bool) -> list[SourceState]:
        now = clock.now()
        pages = self._found(state, listing)
        if not self.keeps:
            return [self._state(state.kind, child.url) for child in listing.children if self.window.opens(child.url, child.lastmod)]
        self._is_back(state)
        self.is_torn |= self.conditional and self.was_gone and state.kind == "feed" and _is_torn(listing, self.last_answer)
        noticed = sightings.notice(self.engine, self.outlet.id, state, pages, now)
        poll = self._poll(state, answer, listing, noticed, now, is_same=is_same)
        if state.parent_id:
            self._credit(state, noticed.brought)
        if poll.is_index:
            return self._children(state, listing, poll, is_same=is_same)
        self._note(rhythm.after(state, poll, self.pace))
        return []

    def _found(self, state: SourceState, listing: Listing) -> list[Discovered]:
        """Pages of a list that the batch takes."""
        pages = [page for page in listing.pages if self.window.takes(page.dated_at) and self.outlet.wants(page.url)]
        self.found.named[state.url] = len(listing.pages)
        self.found.pages += pages
        return pages

    async def _look_at_front_page(self) -> None:
        """One look for what a feed dropped during a gap; a front page that the outlet file does not name has no state and no failures."""
        state = SourceState(polls.source_id(self.outlet.id, self.outlet.home), self.outlet.home, "section")
        try:
            listing = sources.read(_source(state), await self._answer(state), self.outlet)
        except (Quarantined, RetryLater) as error:
            logs.get(outlet=self.outlet.id, url=state.url).info("no_front_page", detail=str(error))
            return
        sightings.notice(self.engine, self.outlet.id, state, self._found(state, listing), clock.now())

    def _poll(
        self, state: SourceState, answer: Answer, listing: Listing, noticed: sightings.Noticed, now: datetime, *, is_same: bool
    ) -> Poll:
        dates = [page.dated_at for page in listing.pages]
        period = period_in_url(state.url)
        newest = instant(period.last + timedelta(days=1)) if period else max((date for date in dates if date), default=None)
        headers = {name.lower(): value for name, value in answer.headers}
        return Poll(
            at=now,
            listed=noticed.listed,
            brought=noticed.brought,
            is_index=bool(listing.children) or (is_same and bool(self._children_of(state))),
            is_spare=self._shows_the_same(state, noticed),
            is_over=(now - newest).total_seconds() > rhythm.OVER_S if newest else is_same,
            span_s=rhythm.span_s(dates),
            dates=None if is_same else any(page.changed_at for page in listing.pages),
            hold_s=rhythm.hold_s(headers, listing.ttl_s, now),
            body_sha256=None if answer.status == 304 else ids.sha256(answer.body),
            validators=answer.validators,
        )

    def _is_back(self, state: SourceState) -> None:
        """An outlet that was away has dropped pages from its lists: ask all its sources. Those that had failed are asked, too."""
        if self.was_away:
            self.everything, self.was_away, self.was_gone = True, False, True
        for one in list(self.states.values()):
            if one.failures and one.source_id not in self.asked and one.source_id != state.source_id:
                self._note(replace(one, next_due_at=clock.now()))

    def _failed(self, state: SourceState, error: ConsilienceError) -> None:
        logs.get(outlet=self.outlet.id, url=state.url).warning("source_failed", reason=error.reason, detail=str(error))
        self.found.failures[state.url] = str(error)
        if not self.keeps:
            return
        asked_s, now = error.after_s if isinstance(error, FetchDelayed) else 0.0, clock.now()
        is_asked = not error.where.get("blocked")
        later = rhythm.failed(state, now, f"{error.reason}: {error}", asked_s, counts=is_asked)
        if isinstance(error, FetchDelayed) and later.next_due_at:
            self.down[urls.origin(state.url)] = later.next_due_at
        self._note(later)

    # children

    def _children(self, state: SourceState, listing: Listing, poll: Poll, *, is_same: bool) -> list[SourceState]:
        """Children of an index that are to be asked now; new ones of an index that never brings anything wait until they are complete."""
        named = [Child(one.url, one.lastmod) for one in self._children_of(state)] if is_same else listing.children
        index = _Index(state, poll, set())
        self.indexes.append(index)
        return [one for child in named if self.window.opens(child.url, child.lastmod) and (one := self._child(index, child))]

    def _child(self, index: _Index, child: Child) -> SourceState | None:
        """A child as it is to be asked now; None where it is not."""
        source_id = polls.source_id(self.outlet.id, child.url)
        known = self.states.get(source_id)
        if known and not known.is_child:
            return None  # the outlet file names it as well
        state = replace(
            known or SourceState(source_id, child.url, index.state.kind), lastmod=child.lastmod, parent_id=index.state.source_id
        )
        is_told = _is_told(known, child)
        if is_told:
            index.told.add(source_id)
        if known is None and not self.everything and self._is_spare(index.state):
            self._note(replace(state, next_due_at=clock.now() + timedelta(seconds=min(rhythm.LATER_S, self._largest_s))))
            return None
        return state if is_told or self._is_asked_again(state) else None

    def _is_asked_again(self, child: SourceState) -> bool:
        """Whether a child with no news is asked: at its turn, or because every source is; after a gap none that is complete."""
        is_complete = child.answered_at is not None and child.next_due_at is None
        return self._is_turn(child) or (self.everything and not (self.was_gone and is_complete))

    @property
    def _largest_s(self) -> float:
        return self.pace.max_s * rhythm.SETTLED_FACTOR

    def _credit(self, state: SourceState, brought: int) -> None:
        """What a child brings because its index told of it is the merit of the index, too."""
        for index in self.indexes:
            if state.source_id in index.told:
                index.brought += brought

    def _note_index(self, index: _Index) -> None:
        """Keep the state of an index, with what its children brought counted in."""
        poll = replace(
            index.poll,
            listed=index.poll.listed + len(index.told),
            brought=index.poll.brought + index.brought,
            is_spare=self._is_spare(index.state),
        )
        self._note(rhythm.after(index.state, poll, self.pace))

    def _note(self, state: SourceState) -> None:
        """Keep the state of a source. Not after asking for the past: only one day's pages were noticed, live ingest has to see the rest."""
        self.states[state.source_id] = state
        if self.conditional:
            polls.note(self.engine, self.outlet.id, [state], clock.now())

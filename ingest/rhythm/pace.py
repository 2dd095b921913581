"""When a source is asked again, and how: arithmetic with the reason beside each number. No clock, no network, no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from math import exp, sqrt

from ingest.web.fetch import Validators

# The base interval of the settings holds for a source that names so many new or changed pages an hour (60 a day: a usual outlet).
# Other sources follow the square root: twice the news costs 1.4 times the requests. With misses that grow with rate and interval, that
# spends a given number of requests best over many sources.
REFERENCE_PER_H = 2.5
# What a source was before we knew it counts as so many hours of the reference rate: the first polls of a quiet hour prove little.
PRIOR_H = 4.0
# The past fades by half in a day and a half, so that a weekend lengthens the intervals and a Monday shortens them.
MEMORY_H = 48.0
# How far a source backs off from pages that others had named before. At 1 two sources of the same pages would share the polls that one
# alone needs, but whichever is ahead would starve the other; a little less keeps both alive.
REDUNDANCY = 0.9
# Polls in a row that brought nothing double the interval from the second on (one is chance), up to four times: a night, not a death.
MOST_SILENCE = 2
# An index or a daily sitemap beside sources that already bring everything is asked after a day, two, four …
SETTLING_S = 86_400.0
# … and at most after so many times the largest interval: half of the week that live ingest looks back.
SETTLED_FACTOR = 3.5
# Never longer than this share of the time that a list spans: what is named between two polls must not have fallen out before the second.
SPAN_SHARE = 0.5
# A list of fewer pages tells nothing about when they fall out.
LEAST_SPAN_PAGES = 10
# What max-age and ttl may ask for. Shops' defaults of a day would hide a day's news; two hours never hurt a server.
HOLD_MAX_S = 7200.0
# Slots come every quarter of an hour: rather a third of one too early than two thirds too late.
SLACK_S = 300.0
# A failing source waits this much longer after each failure (one slot), and at most so long: back within two hours after an outage.
RETRY_S, RETRY_MAX_S = 900.0, 7200.0
# An outlet that gave no answer for so long may have dropped pages from its lists: all its sources are asked when it is back.
GAP_S = 6 * 3600.0
# A 304 is doubted once so many changes should have come by the source's own rate (one in 150 honest silences is that long); a source
# that was caught with one validator for two bodies is doubted soon, and believed no more after three times.
DOUBT_CHANGES, DOUBT_LIAR, LIES_MAX = 5.0, 1.0, 3
# Outlets sleep; a silence of a whole day is none of theirs.
NIGHT_S = 86_400.0
# Even a silent source shows its body once in so many days.
DOUBT_S = 7 * 86_400.0
# Above this share of own pages, two sources don't speak of the same and need not take turns.
OWN_SHARE = 0.8

# A day's list is complete when its newest page is so old: an outlet's day ends up to half a day after ours.
OVER_S = 86_400.0
# A child that turns up in an index whose children never brought anything is asked once, when it is likely to be complete.
LATER_S = 2 * 86_400.0
# Told as the reason of an interval that the server itself asks for.
HELD = "its server asks to wait so long"

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Pace:
    """The settings of the rhythm, in seconds."""

    base_s: float
    min_s: float
    max_s: float


@dataclass(frozen=True)
class SourceState:
    """What is known of a source. `hours`, `listed` and `brought` fade; `brought` counts what no other source had named before."""

    source_id: str
    url: str
    kind: str
    parent_id: str | None = None
    validators: Validators = field(default_factory=Validators)
    lastmod: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    next_due_at: datetime | None = None
    interval_s: float | None = None
    reason: str | None = None
    failures: int = 0
    last_error: str | None = None
    body_sha256: str | None = None
    body_at: datetime | None = None
    last_new_at: datetime | None = None
    polls: int = 0
    empty_polls: int = 0
    hours: float = 0.0
    listed: float = 0.0
    brought: float = 0.0
    span_s: float | None = None
    dates: bool = False
    lies: int = 0
    true_signals: float = 0.0
    false_signals: float = 0.0

    @property
    def is_child(self) -> bool:
        """Whether an index names it, not the outlet file."""
        return self.parent_id is not None

    def due(self, now: datetime) -> bool:
        """Whether it is to be asked; a child without a time is settled for good."""
        return not self.is_child if self.next_due_at is None else self.next_due_at <= now


@dataclass(frozen=True)
class Poll:
    """One answer of a source. `brought`: how many of its `listed` pages nobody had named so; `body_sha256` is None for a 304.

    `is_over`: its days are over; `is_spare`: an index, one of its children or a front page, whose pages others bring.
    """

    at: datetime
    listed: int = 0
    brought: int = 0
    is_index: bool = False
    is_over: bool = False
    is_spare: bool = False
    span_s: float | None = None
    dates: bool | None = None
    hold_s: float = 0.0
    body_sha256: str | None = None
    validators: Validators = field(default_factory=Validators)


def per_hour(state: SourceState) -> tuple[float, float]:
    """Pages an hour that a source lists, and brings, with what is assumed of an unknown one."""
    hours, prior = state.hours + PRIOR_H, REFERENCE_PER_H * PRIOR_H
    return (state.listed + prior) / hours, (state.brought + prior) / hours


def wish_s(state: SourceState, pace: Pace) -> float:
    """Seconds to the next poll by what the source names and by what it brings, before any bounds."""
    listed, brought = per_hour(state)
    return pace.base_s * sqrt(REFERENCE_PER_H / listed) * float((listed / min(brought, listed)) ** REDUNDANCY)


def _watched(state: SourceState, poll: Poll) -> SourceState:
    """The figures of a source after a poll; the first one shows an unknown stretch of time and proves no rate."""
    if state.answered_at is None:
        return state
    hours = max((poll.at - state.answered_at).total_seconds() / 3600.0, 0.0)
    kept = exp(-hours / MEMORY_H)
    return replace(
        state,
        hours=state.hours * kept + hours,
        listed=state.listed * kept + poll.listed,
        brought=state.brought * kept + poll.brought,
    )


def _by_rate(state: SourceState, pace: Pace) -> tuple[float, str]:
    """Interval by what the source names and brings, longer in a silence."""
    seconds, (listed, brought) = wish_s(state, pace), per_hour(state)
    reason = f"names {listed:.2g} and brings {brought:.2g} pages an hour"
    silence = min(max(state.empty_polls - 1, 0), MOST_SILENCE)
    if silence:
        return seconds * 2**silence, f"{reason}; {state.empty_polls} polls in a row brought nothing"
    return seconds, reason


def _at_least(interval: tuple[float, str], seconds: float, reason: str) -> tuple[float, str]:
    return (seconds, reason) if seconds > interval[0] else interval


def _at_most(interval: tuple[float, str], seconds: float, reason: str) -> tuple[float, str]:
    return (seconds, reason) if seconds < interval[0] else interval


def _largest_s(state: SourceState, poll: Poll, pace: Pace) -> float:
    """The upper bound of the interval: higher where other sources bring the pages, too."""
    return pace.max_s * SETTLED_FACTOR if poll.is_index or state.is_child or poll.is_spare else pace.max_s


def _bounded(state: SourceState, poll: Poll, pace: Pace) -> tuple[float, str]:
    """Interval with its reason: by the source's own rate, then what speaks for a longer or shorter one; the settings bound it."""
    interval = _by_rate(state, pace)
    if poll.is_spare and state.empty_polls:
        settling = SETTLING_S * 2.0 ** min(state.empty_polls - 1, 10)
        interval = max(interval[0], settling), f"settles: others bring its pages, {state.empty_polls} polls in a row brought nothing"
    if state.is_child and state.lastmod and not state.lies:
        interval = _at_least(interval, SETTLING_S, "its index tells when it changes")
    interval = _at_least(interval, poll.hold_s, HELD)
    if state.span_s is not None and not state.is_child:
        interval = _at_most(interval, state.span_s * SPAN_SHARE, "half the time that its list spans")
    (seconds, reason), largest = interval, _largest_s(state, poll, pace)
    if seconds > largest or seconds < pace.min_s:
        return min(max(seconds, pace.min_s), largest), f"bound of the settings ({reason})"
    return interval


def _is_lie(state: SourceState, poll: Poll) -> bool:
    """Whether the validators of a source stand for two bodies: this one and the last."""
    is_changed = poll.body_sha256 is not None and state.body_sha256 not in {None, poll.body_sha256}
    return is_changed and bool(poll.validators.headers()) and poll.validators == state.validators


def _answered(state: SourceState, poll: Poll) -> SourceState:
    """What a source is known to be after an answer, without the next time."""
    is_first = state.answered_at is None
    return replace(
        _watched(state, poll),
        asked_at=poll.at,
        answered_at=poll.at,
        failures=0,
        last_error=None,
        polls=state.polls + 1,
        empty_polls=0 if poll.brought or is_first else state.empty_polls + 1,
        last_new_at=poll.at if poll.brought and not is_first else state.last_new_at,
        span_s=state.span_s if poll.span_s is None else poll.span_s,
        dates=state.dates if poll.dates is None else poll.dates,
        lies=state.lies + _is_lie(state, poll),
        body_sha256=poll.body_sha256 or state.body_sha256,
        body_at=poll.at if poll.body_sha256 else state.body_at,
        validators=merged(state.validators, poll.validators, is_new=poll.body_sha256 is not None),
    )


def after(state: SourceState, poll: Poll, pace: Pace) -> SourceState:
    """The state of a source after an answer."""
    seen = _answered(state, poll)
    if seen.is_child and poll.is_over and not poll.brought:
        return replace(seen, next_due_at=None, interval_s=None, reason="its days are over and it brought nothing more")
    seconds, reason = _bounded(seen, poll, pace)
    early = max(seconds - min(SLACK_S, seconds / 4), min(poll.hold_s, seconds))
    return replace(seen, next_due_at=poll.at + timedelta(seconds=early), interval_s=seconds, reason=reason)


def hold_s(headers: Mapping[str, str], ttl_s: float | None, now: datetime) -> float:
    """Seconds that a server asks to wait: RSS ttl, Cache-Control max-age (RFC 9111 section 5.2.2.1), else Expires; capped.

    `headers` have lower-case names.
    """
    asked = [ttl_s or 0.0]
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    if found:
        asked.append(float(found[1][:9]))
    elif "expires" in headers:
        with suppress(ValueError, TypeError, OverflowError):  # `0` and the like mean that it is stale (RFC 9111 section 5.3)
            asked.append((parsedate_to_datetime(headers["expires"]) - now).total_seconds())
    return min(max(asked), HOLD_MAX_S)


def span_s(dates: Iterable[datetime | None]) -> float | None:
    """Seconds between the oldest and the newest page of a list, without the outermost tenths: pinned pages and wrong dates."""
    known = sorted(date for date in dates if date)
    if len(known) < LEAST_SPAN_PAGES:
        return None
    cut = len(known) // 10
    return (known[-1 - cut] - known[cut]).total_seconds() * len(known) / (len(known) - 2 * cut)


def is_gap(last: datetime | None, now: datetime, intervals_s: Iterable[float | None]) -> bool:
    """Whether so much time has passed since an outlet last answered that its lists may have dropped pages."""
    usual = min((one for one in intervals_s if one), default=0.0)
    return last is not None and (now - last).total_seconds() > max(GAP_S, 3 * usual)


def merged(old: Validators, new: Validators, *, is_new: bool) -> Validators:
    """Validators to keep: those of a new body; a 304 replaces those that it names and leaves the others (RFC 9110 section 15.4.5)."""
    return new if is_new else Validators(new.etag or old.etag, new.last_modified or old.last_modified)


def failed(state: SourceState, at: datetime, error: str, asked_s: float, *, counts: bool = True) -> SourceState:
    """The state after a failure: one slot more after each, the wait that was asked for at least; it revives by itself.

    `counts` is false where the source was not asked at all, because its host is left alone.
    """
    failures = state.failures + counts
    wait = max(min(failures * RETRY_S, RETRY_MAX_S) if counts else 0.0, asked_s)
    reason = f"failed {failures} times in a row" if counts else "its host is left alone"
    told = {"failures": failures, "last_error": error[:1000], "asked_at": at} if counts else {}
    return replace(state, next_due_at=at + timedelta(seconds=wait), reason=reason, **told)  # type: ignore[arg-type]


def conditional(state: SourceState, now: datetime, others_new_at: datetime | None = None) -> bool:
    """Whether to ask with validators. Not where a 304 would be doubted: the body then tells whether the validators lie.

    `others_new_at`: when another source of the outlet last brought something. A silence that all share is a night, for a day long.
    """
    if state.body_at is None or state.lies >= LIES_MAX:
        return False
    silent_s = ((state.answered_at or now) - state.body_at).total_seconds()  # what 304 alone vouches for
    before_h = max(state.hours - silent_s / 3600.0, 1.0)
    expected = state.listed / before_h * silent_s / 3600.0
    if state.lies:
        return expected < DOUBT_LIAR
    if state.last_new_at is None and silent_s > NIGHT_S:
        return False  # it never named anything: an empty list is often a fault of the moment
    is_alone = silent_s > NIGHT_S or (others_new_at is not None and others_new_at > state.body_at)
    return silent_s < DOUBT_S and not (is_alone and expected > DOUBT_CHANGES)


def takes_turns(state: SourceState) -> bool:
    """Whether other sources name most of its pages, too (so it seems, where little is known)."""
    return state.brought < OWN_SHARE * state.listed or state.listed < REFERENCE_PER_H


def spread(states: Iterable[SourceState]) -> list[SourceState]:
    """Sources of the same pages with new times, evenly spaced: each poll then brings what came up since the other's.

    Together they are asked as often as their intervals say, counted from the last poll of one of them; whose interval ends first is
    first. Those that show pages of their own, settle, fail or are told to wait keep their times.
    """
    members = [(one, one.answered_at) for one in states if one.answered_at and _shares(one)]
    if len(members) < 2:
        return []
    last = max(answered for _one, answered in members)
    gap = 1 / sum(1 / one.interval_s for one, _answered in members if one.interval_s)
    members.sort(key=lambda member: member[1] + timedelta(seconds=member[0].interval_s or 0.0))
    return [_at(one, last + timedelta(seconds=gap * number - min(SLACK_S, gap / 4))) for number, (one, _) in enumerate(members, 1)]


def _shares(state: SourceState) -> bool:
    is_settled = state.is_child or state.kind == "section" or not state.interval_s or state.interval_s >= SETTLING_S
    return takes_turns(state) and not (is_settled or state.failures or state.reason == HELD)


def _at(state: SourceState, due: datetime) -> SourceState:
    """The state with another time, but never so late that its list drops pages."""
    if state.span_s is not None and state.answered_at is not None:
        due = min(due, state.answered_at + timedelta(seconds=state.span_s * SPAN_SHARE))
    return replace(state, next_due_at=due)

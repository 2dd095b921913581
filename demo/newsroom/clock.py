"""The newsroom's own clock: it stands two hours back at opening and moves only when told, so every run shows the same."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from common.clock import iso, now
from common.errors import Misconfigured

# Room to move the clock on during a tour without printing anything dated later than the reader's own watch.
BEHIND = dt.timedelta(hours=2)

# A kept clock older than this is opened anew: "today" should still be about today, and live ingest looks back only so far.
STALE = dt.timedelta(days=5)


@dataclass(frozen=True)
class Clock:
    """Opening time (UTC, whole minutes) and the minutes moved on since."""

    opened: AwareDatetime
    advanced: Annotated[int, Field(ge=0, le=STALE // dt.timedelta(minutes=1))] = 0

    @property
    def now(self) -> dt.datetime:
        """Newsroom time."""
        return self.opened + dt.timedelta(minutes=self.advanced)

    def advance(self, minutes: int, real_now: dt.datetime) -> Clock:
        """The clock `minutes` later.

        Raises:
            Misconfigured: minutes are not positive, or the newsroom would be ahead of the real time.
        """
        if minutes <= 0:
            raise Misconfigured(f"minutes={minutes}: give a positive number")
        left = (real_now - self.now) // dt.timedelta(minutes=1)
        if minutes > left:
            raise Misconfigured(f"minutes={minutes}: that would be in the future; at most {max(left, 0)} minutes are left")
        return replace(self, advanced=self.advanced + minutes)


KEPT = TypeAdapter(Clock)


def opening(real_now: dt.datetime) -> Clock:
    """A clock that opens now."""
    return Clock((real_now - BEHIND).replace(second=0, microsecond=0))


def resume(kept: Clock | None, real_now: dt.datetime) -> Clock:
    """The kept clock if it is still fresh and not ahead of the real time, else a new one."""
    is_usable = kept is not None and dt.timedelta(minutes=kept.advanced) <= real_now - kept.opened < STALE
    return kept if kept and is_usable else opening(real_now)


def read(path: Path) -> Clock | None:
    """The clock kept in a file; None where there is none or the file is damaged."""
    try:
        return KEPT.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write(path: Path, clock: Clock) -> None:
    """Keep the clock: tmp, then rename.

    Raises:
        Misconfigured: the file cannot be written.
    """
    temporary = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(asdict(clock) | {"opened": iso(clock.opened)}), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise Misconfigured(f"the newsroom's clock cannot be kept in {path}: {error.strerror}; choose another file with --state") from error


class Newsstand:
    """Holds the one clock of a running newsroom and keeps it in a file, if given."""

    def __init__(self, clock: Clock | None = None, state: Path | None = None) -> None:
        self.state = state
        self.clock = clock or resume(read(state) if state else None, now())
        self.keep()

    def keep(self) -> None:
        """Write the clock down."""
        if self.state:
            write(self.state, self.clock)

    def advance(self, minutes: int) -> Clock:
        """Move the clock on and keep it; raises as `Clock.advance`."""
        self.clock = self.clock.advance(minutes, now())
        self.keep()
        return self.clock

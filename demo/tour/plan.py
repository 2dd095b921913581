"""Where the demo keeps its things and with which settings it runs the stack."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.settings import Settings

# The days of the summit story; live ingest does not look back so far, a backfill brings them.
BACKFILL_FROM, BACKFILL_TO = "2018-09-19", "2018-09-21"
# A look at the sites every minute, so that the tour is short; real outlets are asked every quarter of an hour.
EVERY_MINUTE = "* * * * *"
# Read an article again every 80 s while the tour lasts, for the changes of the second round; not before the first round is
# likely to be over, because that would only cost time. The last rung (two days) lets articles in that are some hours old
# when first seen: older than the longest rung means never read again.
LADDER_S = [*range(120, 1200, 80), 172_800]
# A kept newsroom may be five days old, and its oldest "past" day is five days older.
LOOKBACK_DAYS = 14
HOST_DELAY_S = 0.05


@dataclass(frozen=True)
class Plan:
    """Options of the tour; `data` is absolute."""

    data: Path
    port: int = 8800
    airflow_port: int = 8080
    once: bool = False

    @property
    def newsroom_url(self) -> str:
        """Base of the newsroom."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        """Output of the children."""
        return self.data / "logs"

    @property
    def outlets(self) -> Path:
        """Outlet files written by the newsroom."""
        return self.data / "outlets"

    @property
    def newsroom_command(self) -> list[str]:
        """How the newsroom is started."""
        places = ["--outlets", str(self.outlets), "--state", str(self.data / "newsroom.json")]
        return [sys.executable, "-m", "demo.newsroom", "--port", str(self.port), *places]

    @property
    def own_variables(self) -> dict[str, str]:
        """`CONSILIENCE_*` of the demo's stack."""
        return {
            "CONSILIENCE_DATA_DIR": str(self.data),
            "CONSILIENCE_OUTLETS_DIR": str(self.outlets),
            "CONSILIENCE_ALLOW_NETWORKS": json.dumps(["127.0.0.0/8"]),
            "CONSILIENCE_ALLOW_PORTS": json.dumps([]),
            "CONSILIENCE_INGEST_CRON": EVERY_MINUTE,
            "CONSILIENCE_RECHECK_CRON": EVERY_MINUTE,
            "CONSILIENCE_POLL_MAX_S": "1",  # the demo's clock jumps: every source in every slot
            "CONSILIENCE_RECHECK_LADDER_S": json.dumps(LADDER_S),
            "CONSILIENCE_HOST_DELAY_S": str(HOST_DELAY_S),
            "CONSILIENCE_LOOKBACK_DAYS": str(LOOKBACK_DAYS),
            "CONSILIENCE_AIRFLOW_PORT": str(self.airflow_port),
        }

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """Environment of the children."""
        return {**inherited, **self.own_variables}

    @property
    def settings(self) -> Settings:
        """The settings with which the tour itself reads the published file."""
        return Settings(data_dir=self.data, outlets_dir=self.outlets)


def consilience(*arguments: str) -> list[str]:
    """A command of the `consilience` program that belongs to this Python."""
    return [str(Path(sys.executable).with_name("consilience")), *arguments]

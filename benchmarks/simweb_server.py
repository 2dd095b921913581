"""Serves simweb with a record of every request: python simweb_server.py SIMWEB.py RECORD.jsonl [simweb's own options].

simweb counts requests but not manners. Here each request leaves a line when it is over (answered, reset, or its connection gone):
when it came and went, what it asked for, what it got, and how many others of its outlet were under way when it came.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

# Seconds that an answer takes, so that two requests at once can be seen: without any, each would be over before the next is read.
ANSWER_S = 0.004


def simweb(path: Path) -> ModuleType:
    """The module simweb.py, loaded from where it lies."""
    spec = importlib.util.spec_from_file_location("simweb", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["simweb"] = module
    spec.loader.exec_module(module)
    return module


def kind_of(path: str) -> str:
    """robots, feed, sitemap or page, by the path."""
    known = {"/robots.txt": "robots", "/rss.xml": "feed", "/news-sitemap.xml": "sitemap"}
    return known.get(path) or ("sitemap" if path.startswith("/sitemap") else "page")


def header(headers: list[str], name: str) -> str | None:
    """Value of a header in simweb's list of lines."""
    return next((line.partition(":")[2].strip() for line in headers if line.lower().startswith(f"{name}:")), None)


class Record:
    """Lines of requests, and what is under way at each outlet."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", buffering=1)
        self.under_way: dict[int, int] = {}

    def begin(self, outlet: int) -> int:
        others = self.under_way.get(outlet, 0)
        self.under_way[outlet] = others + 1
        return others

    def end(self, line: dict[str, Any]) -> None:
        self.under_way[line["outlet"]] -= 1
        self.file.write(json.dumps(line | {"end": time.time()}) + "\n")


def recording(sim: ModuleType, record: Record) -> None:
    """Put the record between simweb's protocol and its site."""

    class Site(sim.Site):  # type: ignore[misc,name-defined]
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.lat, self.w.latency = True, [ANSWER_S] * self.w.n
            self.last: dict[str, Any] = {}

        def respond(self, path: str, headers: dict[str, str]) -> Any:
            self.last = {}
            answer = super().respond(path, headers)
            if not path.startswith("/__sim/"):
                self.last = {
                    "outlet": self.outlet(headers.get("host", "")),
                    "path": path,
                    "kind": kind_of(path),
                    "status": answer[0].split()[0],
                    "asked": headers.get("if-none-match") or headers.get("if-modified-since"),
                    "etag": header(answer[1], "etag"),
                    "wait": header(answer[1], "retry-after"),
                }
            return answer

    class Http(sim.Http):  # type: ignore[misc,name-defined]
        line: dict[str, Any] | None = None

        def next(self) -> None:
            self.site.last = {}
            super().next()
            if self.site.last:
                others = record.begin(self.site.last["outlet"])
                self.line = self.site.last | {"begin": time.time(), "others": others}

        def finish(self, out: Any, close: bool) -> None:
            self.over()
            super().finish(out, close)

        def connection_lost(self, _error: Exception | None) -> None:
            self.over()

        def over(self) -> None:
            line, self.line = self.line, None
            if line:
                record.end(line)

    sim.Site, sim.Http = Site, Http


def main() -> None:
    """Serve until killed."""
    path, record = Path(sys.argv[1]), Record(Path(sys.argv[2]))
    sim = simweb(path)
    recording(sim, record)
    sys.argv = [str(path), *sys.argv[3:]]
    sim.main()


if __name__ == "__main__":
    main()

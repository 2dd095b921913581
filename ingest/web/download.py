"""One large file that a person named (an archive of a gigabyte) to the disk: streamed, bounded, taken up again where it broke off.

Addresses are checked like those of pages. robots.txt and delays are not asked for: it is one file, asked for by hand.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

import h11

from common import ids, logs, urls
from common.errors import FetchDelayed, FetchRefused
from common.settings import Settings
from ingest.web.links import Links, origin_of
from ingest.web.target import check_target, follow
from ingest.web.wire import Link

# CC-NEWS files are of one gigabyte, WACZ collections of some; what is larger fills a disk.
MAX_BYTES = 20 * 1024**3
# Seconds in which some piece has to come.
STALL_S = 60.0
# Connections for one file; each goes on where the last one broke off.
MAX_TRIES, MAX_REDIRECTS = 5, 5

Progress = Callable[[int], None]
_START = re.compile(r"bytes\s+(\d{1,15})-")


class _Part:
    """A file that is not whole yet."""

    def __init__(self, path: Path) -> None:
        self.path, self.validator = path, ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # without its validator nobody knows whether it is of the same file

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        """A Range from where we are, only if the file is still the same (RFC 9110 section 13.1.5)."""
        if not self.size or not self.validator:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self.validator}


def _header(response: h11.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key == name), "")


def _check(response: h11.Response, url: str) -> None:
    """Let whole and partial answers through.

    Raises:
        FetchDelayed: the server is in trouble, or asks to wait.
        FetchRefused: anything else.
    """
    status = response.status_code
    if status in {200, 206}:
        return
    if status in {408, 429} or status >= 500:
        raise FetchDelayed(f"{url} answers {status}; try again later", after_s=60.0, url=url, status=status)
    raise FetchRefused(f"{url} answers {status}; correct the address", url=url, status=status, fault="http_4xx")


async def _take(link: Link, response: h11.Response, part: _Part, on_progress: Progress) -> None:
    """Write the body down, at the end of what is there or anew.

    Raises:
        FetchDelayed: it stalls, breaks off, or is of another place than was asked for.
        FetchRefused: it is too large.
    """
    start = _START.match(_header(response, b"content-range"))
    if response.status_code == 206 and start and int(start[1]) != part.size:
        part.validator = ""  # from now on the whole is asked for
        raise FetchDelayed(f"the server sends from byte {start[1]} instead of {part.size}", after_s=60.0)
    strong = _header(response, b"etag")
    part.validator = strong if strong and not strong.startswith("W/") else _header(response, b"last-modified")
    link.expect(MAX_BYTES)
    with part.path.open("ab" if response.status_code == 206 else "wb") as file:
        while True:
            async with asyncio.timeout(STALL_S):
                piece = await link.piece()
            if piece is None:
                break
            if file.tell() + len(piece) > MAX_BYTES:
                raise FetchRefused(f"more than {MAX_BYTES} bytes", fault="too_large")
            file.write(piece)
            on_progress(file.tell())
        file.flush()
        os.fsync(file.fileno())


async def _once(settings: Settings, links: Links, url: str, part: _Part, on_progress: Progress) -> None:
    """One try, with its redirects."""
    ports, networks = settings.allow_ports, settings.allow_networks
    target = check_target(url, ports, networks)
    for _hop in range(MAX_REDIRECTS + 1):
        parsed = urls.parse(target)
        asked = {"Host": str(parsed.host), "User-Agent": settings.user_agent, "Accept-Encoding": "identity", **part.headers()}
        async with asyncio.timeout(STALL_S):
            link = await links.open(origin_of(parsed), fresh=True)
        try:
            async with asyncio.timeout(STALL_S):
                response = await link.ask(str(parsed.pathname) + str(parsed.search), list(asked.items()))
            location = _header(response, b"location")
            if response.status_code not in {301, 302, 303, 307, 308} or not location:
                _check(response, url)
                await _take(link, response, part, on_progress)
                return
        finally:
            link.close()
        target = follow(target, location, ports, networks)
    raise FetchRefused(f"more than {MAX_REDIRECTS} redirects", url=url, fault="redirect_loop")


async def _download(settings: Settings, url: str, part: _Part, on_progress: Progress) -> None:
    links = Links(settings.allow_networks)
    try:
        for tries in range(1, MAX_TRIES + 1):
            try:
                await _once(settings, links, url, part, on_progress)
                return
            except (FetchDelayed, TimeoutError) as error:
                if tries == MAX_TRIES:
                    raise FetchDelayed(f"{url} broke off {tries} times: {error}"[:500], after_s=600.0, url=url) from error
                logs.get(url=url).info("download_resumed", at=part.size, error=str(error))
    finally:
        links.close()


def download(settings: Settings, url: str, on_progress: Progress = lambda _bytes: None) -> Path:
    """Fetch a file into `data_dir/downloads`; its name ends as the address does. `on_progress` is told how many bytes are there.

    Raises:
        FetchRefused: the address, the answer or its size is not acceptable.
        FetchDelayed: the server is in trouble; the same may succeed later.
    """
    name = urls.parse(url).pathname.rpartition("/")[2][-100:]
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-_") else "_" for sign in name)
    path = settings.data_dir / "downloads" / f"{ids.sha256(url)[:12]}-{safe}"
    part = _Part(path.with_name(f".{path.name}.part"))
    asyncio.run(_download(settings, url, part, on_progress))
    part.path.replace(path)
    return path

"""HTTP around the sites: conditional requests (RFC 9110 section 13), compression, HEAD, and one listening socket an outlet."""

from __future__ import annotations

import datetime as dt
import errno
import gzip
import re
import threading
from collections.abc import Callable
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common.errors import Misconfigured
from common.ids import sha256
from demo.newsroom.site import Reply

HOST = "127.0.0.1"
# Pages may be kept for a minute: long enough to look real, short enough for a demo that changes.
CACHE = "public, max-age=60"
# A client that stops talking frees its thread after so many seconds.
IDLE_S = 30

Answer = Callable[[str], Reply]


def etag(body: bytes, *, zipped: bool) -> str:
    """A strong validator; each content coding has its own (RFC 9110 section 8.8.3.3)."""
    return f'"{sha256(body)[:20]}{"-gzip" if zipped else ""}"'


def is_fresh(tag: str, modified: dt.datetime, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether 304 is due; If-None-Match makes If-Modified-Since void (RFC 9110 section 13.1.3)."""
    if if_none_match is not None:
        return any(given.strip().removeprefix("W/") in {tag, "*"} for given in if_none_match.split(","))
    try:
        return if_modified_since is not None and modified.replace(microsecond=0) <= parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError):
        return False  # a date nobody can read is ignored, also one without a zone


def takes_gzip(accepted: str) -> bool:
    """Whether a reader who sends this Accept-Encoding takes gzip; a weight of zero means no (RFC 9110 section 12.4.2)."""
    return bool(re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", accepted, re.IGNORECASE))


class Handler(BaseHTTPRequestHandler):
    """Serves GET and HEAD from `answer`, POST from `command`."""

    protocol_version = "HTTP/1.1"
    server_version = "Presshouse/2.0"
    sys_version = ""
    timeout = IDLE_S
    server: Newsserver

    def do_GET(self) -> None:
        """Answer with a body."""
        self.give(self.server.answer(self.path))

    def do_HEAD(self) -> None:
        """The same without a body."""
        self.give(self.server.answer(self.path))

    def do_POST(self) -> None:
        """Commands; a body is read and ignored, so that the connection stays usable."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        refusal = Reply(b"only GET here\n", "text/plain", dt.datetime.fromtimestamp(0, dt.UTC), 405)
        self.give(self.server.command(self.path) if self.server.command else refusal)

    def give(self, reply: Reply) -> None:
        """Send a reply, or 304, or only its head."""
        zipped = takes_gzip(self.headers.get("Accept-Encoding", "")) and bool(reply.body)
        tag = etag(reply.body, zipped=zipped)
        fresh = reply.status == 200 and is_fresh(
            tag, reply.modified, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        )
        body = gzip.compress(reply.body, 6, mtime=0) if zipped and not fresh else reply.body
        self.send_response(304 if fresh else reply.status)
        self.heads(reply, tag)
        if not fresh:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(body)))
            if zipped:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if not fresh and self.command != "HEAD":
            self.wfile.write(body)

    def heads(self, reply: Reply, tag: str) -> None:
        """Headers that 200 and 304 share (RFC 9110 section 15.4.5)."""
        if reply.location:
            self.send_header("Location", reply.location)
        if reply.status == 200:
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", format_datetime(reply.modified.astimezone(dt.UTC), usegmt=True))
        self.send_header("Cache-Control", CACHE if reply.status == 200 else "no-store")
        self.send_header("Vary", "Accept-Encoding")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Keep quiet; what was fetched is told by the reading index."""


class Newsserver(ThreadingHTTPServer):
    """One listening socket; `command` answers POST where there is something to post."""

    daemon_threads = True
    # connections that may wait while threads start; the default of 5 is refused under a burst
    request_queue_size = 64

    def __init__(self, port: int, answer: Answer, command: Answer | None = None) -> None:
        self.answer, self.command = answer, command
        super().__init__((HOST, port), Handler)

    def start(self) -> None:
        """Serve in a thread of its own until `shutdown`."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()


def listen(port: int, first: int, answer: Answer, command: Answer | None = None) -> Newsserver:
    """Open a port.

    Raises:
        Misconfigured: the port is taken or out of range; the message names it and the option.
    """
    try:
        return Newsserver(port, answer, command)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        fault = "is taken by another process" if taken else f"cannot be opened: {error}"
        raise Misconfigured(
            f"demo newsroom: port {port} {fault}; choose another first port with --port (now {first}, eleven in a row are used)"
        ) from error

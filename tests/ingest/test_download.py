from __future__ import annotations

import pytest

from common.errors import FetchDelayed, FetchRefused
from ingest.web import download as module
from ingest.web.download import download
from tests.ingest.conftest import Reply

BODY = bytes(range(256)) * 4000


class Flaky:
    """Sends a file and hangs up after some bytes, as often as told; understands ranges."""

    def __init__(self, breaks=0, etag='"v1"', ranges=True, after=300_000):
        self.breaks, self.etag, self.ranges, self.after, self.asked = breaks, etag, ranges, after, []

    def __call__(self, handler):
        self.asked.append(handler.headers.get("Range"))
        start = 0
        if self.ranges and handler.headers.get("Range") and handler.headers.get("If-Range") == self.etag:
            start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        return Reply(raw=lambda connection: self.send(connection, start))

    def send(self, connection, start):
        rest = BODY[start:]
        connection.send_response(206 if start else 200)
        connection.send_header("Content-Length", str(len(rest)))
        if self.etag:
            connection.send_header("ETag", self.etag)
        connection.end_headers()
        if self.breaks:
            self.breaks -= 1
            rest = rest[: self.after]
        connection.wfile.write(rest)


@pytest.fixture
def fetched(site, settings):
    def run(reply, path="/crawl-data/CC-NEWS-1.warc.gz", **more):
        site.pages[path] = reply
        return download(settings, site.base + path, **more)

    return run


def test_a_file_comes_whole_under_its_own_name(fetched, settings):
    told = []
    path = fetched(Flaky(), on_progress=told.append)
    assert path.read_bytes() == BODY
    assert path.name.endswith("-CC-NEWS-1.warc.gz")
    assert path.parent == settings.data_dir / "downloads"
    assert told[-1] == len(BODY)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_it_goes_on_where_it_broke_off(fetched):
    server = Flaky(breaks=2)
    assert fetched(server).read_bytes() == BODY
    assert server.asked[0] is None
    assert len(server.asked) == 3
    assert all(one and one.startswith("bytes=") for one in server.asked[1:])


@pytest.mark.parametrize("server", [Flaky(breaks=2, etag=""), Flaky(breaks=2, ranges=False), Flaky(breaks=1, etag='W/"v1"')])
def test_without_ranges_it_begins_anew(fetched, server):
    assert fetched(server).read_bytes() == BODY


def test_a_file_that_changed_meanwhile_begins_anew(fetched):
    server = Flaky(breaks=1)
    send = server.send

    def changed(connection, start):
        send(connection, start)
        server.etag = '"v2"'

    server.send = changed
    assert fetched(server).read_bytes() == BODY


def test_it_gives_up_in_the_end(fetched, settings):
    with pytest.raises(FetchDelayed, match="broke off 5 times"):
        fetched(Flaky(breaks=99, etag="", after=1000))
    assert not list((settings.data_dir / "downloads").glob("[!.]*"))


def test_redirects_are_followed_and_checked(fetched, site):
    site.pages["/real.warc.gz"] = Flaky()
    assert fetched(Reply(b"", 302, {"Location": "/real.warc.gz"})).read_bytes() == BODY
    with pytest.raises(FetchRefused):
        fetched(Reply(b"", 302, {"Location": "http://10.0.0.1/x.warc.gz"}))
    with pytest.raises(FetchRefused, match="redirects"):
        fetched(Reply(b"", 302, {"Location": "/loop"}), path="/loop")


@pytest.mark.parametrize(("status", "error"), [(404, FetchRefused), (403, FetchRefused), (503, FetchDelayed), (429, FetchDelayed)])
def test_other_answers_are_told(fetched, status, error):
    with pytest.raises(error, match=str(status)):
        fetched(Reply(b"", status))


def test_private_addresses_are_refused(settings):
    with pytest.raises(FetchRefused):
        download(settings, "http://10.0.0.1/a.warc.gz")


def test_a_file_that_is_too_large_is_refused(fetched, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(FetchRefused):
        fetched(Flaky())


def test_a_server_that_stalls_is_left(fetched, monkeypatch):
    monkeypatch.setattr(module, "STALL_S", 0.05)
    monkeypatch.setattr(module, "MAX_TRIES", 2)

    def stall(connection):
        connection.send_response(200)
        connection.send_header("Content-Length", "10")
        connection.end_headers()
        connection.wfile.write(b"12345")
        connection.wfile.flush()
        connection.rfile.read(1)  # until the other side leaves

    with pytest.raises(FetchDelayed, match="broke off 2 times"):
        fetched(Reply(raw=stall))


@pytest.mark.parametrize(
    ("path", "name"), [("/a/..%2f..%2fevil.warc", "-..%2f..%2fevil.warc"), ("/a%20b.warc", "-a_20b.warc"), ("/é.warc", "-_C3_A9.warc")]
)
def test_names_on_disk_are_plain(fetched, site, path, name):
    found = fetched(Flaky(), path=path.replace("é", "%C3%A9"))
    assert found.name.endswith(name.replace("%", "_"))

"""What servers answer to a request for the rest of a file: other places, other files, nothing more."""

from __future__ import annotations

import pytest

from common.errors import FetchDelayed, FetchRefused
from ingest.web import download as module
from ingest.web.download import download
from tests.ingest.conftest import Reply

BODY = bytes(range(256)) * 40
HALF = len(BODY) // 2


class Script:
    """Answers one request after the other as written down: status, headers, the bytes that are told of, those that are sent."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, handler):
        self.asked.append((handler.headers.get("Range"), handler.headers.get("If-Range")))
        status, headers, told, sent = self.answers.pop(0)

        def send(connection):
            connection.send_response(status)
            for name, value in {"Content-Length": str(len(told)), **headers}.items():
                connection.send_header(name, value)
            connection.end_headers()
            connection.wfile.write(sent)

        return Reply(raw=send)


def broken(**headers):
    return (200, headers, BODY, BODY[:HALF])


def rest(start, **headers):
    place = {"Content-Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"}
    return (206, place | headers, BODY[start:], BODY[start:])


WHOLE = (200, {"ETag": '"v1"'}, BODY, BODY)


@pytest.fixture
def fetched(site, settings):
    def run(*answers, path="/a.warc.gz"):
        script = Script(*answers)
        site.pages[path] = script
        return download(settings, site.base + path), script

    return run


def test_the_rest_is_asked_for_from_where_it_broke_off_and_only_of_the_same_file(fetched):
    path, script = fetched(broken(ETag='"v1"'), rest(HALF, ETag='"v1"'))
    assert path.read_bytes() == BODY
    assert script.asked == [(None, None), (f"bytes={HALF}-", '"v1"')]


def test_a_date_stands_in_for_a_tag(fetched):
    date = "Mon, 01 Jan 2018 00:00:00 GMT"
    path, script = fetched(broken(**{"Last-Modified": date}), rest(HALF))
    assert path.read_bytes() == BODY
    assert script.asked[1] == (f"bytes={HALF}-", date)


@pytest.mark.parametrize("start", [0, HALF - 1, HALF + 1])
def test_a_piece_of_another_place_is_not_put_at_the_end(fetched, start):
    path, script = fetched(broken(ETag='"v1"'), rest(start, ETag='"v1"'), WHOLE)
    assert path.read_bytes() == BODY
    assert script.asked[2] == (None, None)


def test_the_whole_instead_of_the_rest_begins_anew(fetched):
    assert fetched(broken(ETag='"v1"'), WHOLE)[0].read_bytes() == BODY


def test_a_server_in_trouble_costs_a_try_and_nothing_that_is_there(fetched):
    path, script = fetched(broken(ETag='"v1"'), (503, {}, b"", b""), rest(HALF))
    assert path.read_bytes() == BODY
    assert [one for one, _ in script.asked] == [None, f"bytes={HALF}-", f"bytes={HALF}-"]


@pytest.mark.parametrize("status", [204, 400, 401, 404, 410, 416])
def test_a_refusal_ends_it_at_once(fetched, status, settings):
    with pytest.raises(FetchRefused, match=str(status)):
        fetched((status, {}, b"", b""))
    assert not list((settings.data_dir / "downloads").glob("[!.]*"))


def test_another_call_for_the_same_address_begins_anew(fetched, settings):
    with pytest.raises(FetchDelayed, match="broke off 5 times"):
        fetched(*[(200, {}, BODY, BODY[:10])] * module.MAX_TRIES)
    path, script = fetched(WHOLE)
    assert (path.read_bytes(), script.asked) == (BODY, [(None, None)])
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_an_empty_file_is_a_file(fetched):
    assert fetched((200, {}, b"", b""))[0].read_bytes() == b""


def test_addresses_that_differ_in_their_query_only_are_two_files(fetched):
    first, _ = fetched(WHOLE, path="/a.warc.gz?1")
    second, _ = fetched((200, {}, b"x", b"x"), path="/a.warc.gz?2")
    assert (first.read_bytes(), second.read_bytes()) == (BODY, b"x")


@pytest.mark.parametrize(("size", "fits"), [(len(BODY), True), (len(BODY) - 1, False)])
def test_the_bound_holds_for_both_pieces_together(fetched, monkeypatch, size, fits):
    monkeypatch.setattr(module, "MAX_BYTES", size)
    if fits:
        assert fetched(broken(ETag='"v1"'), rest(HALF))[0].read_bytes() == BODY
        return
    with pytest.raises(FetchRefused, match="bytes"):
        fetched((200, {"ETag": '"v1"'}, BODY[:size], BODY[:HALF]), rest(HALF))

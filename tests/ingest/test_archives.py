from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime

import pytest

from common import ids
from common.errors import Misconfigured, RetryLater
from ingest.discover.domains import Owners, identity
from ingest.imports import archives
from ingest.imports.archives import take_archives
from ingest.outlets import Outlet
from ingest.run import sole_worker
from ingest.store import captures, warc
from ingest.store.captures import read_index, read_pages
from ingest.web.fetch import Answer

SEEN = datetime(2018, 9, 20, 10, tzinfo=UTC)


def member(url, body="<p>text", status=200, content_type="text/html"):
    answer = Answer(url, url, status, "OK", [("Content-Type", content_type)], body.encode(), SEEN)
    return b"".join(warc.response_members(answer, ids.key("c", url, body)))


@pytest.fixture
def outlets(settings):
    """Three outlets, the last of them not enabled."""
    for name, home, more in (
        ("one", "https://www.one.example/", ""),
        ("two", "https://two.example/", "exclude: [/video/]\n"),
        ("quiet", "https://quiet.example/", "enabled: false\n"),
    ):
        text = f"id: {name}\nname: {name.title()}\nhome: {home}\nfeeds: [{home}feed]\n{more}"
        (settings.outlets_dir / f"{name}.yaml").write_text(text)


@pytest.fixture
def archive(tmp_path):
    def make(*members, name="CC-NEWS.warc.gz"):
        (tmp_path / name).write_bytes(b"".join(members))
        return str(tmp_path / name)

    return make


MANY = (
    member("http://one.example/2018/a"),
    member("https://stranger.example/x"),
    member("https://news.two.example/b"),
    member("https://two.example/video/c"),
    member("https://quiet.example/d"),
    member("https://two.example/pic.jpg", content_type="image/jpeg"),
    member("https://two.example/gone", status=404),
    member("https://evil-two.example/e"),
)


def urls(settings, taken):
    return sorted(one.url for one in read_index(settings, taken.batch_key) if one.outcome == "fetched")


def test_pages_of_all_enabled_outlets_are_picked(settings, outlets, archive):
    taken = take_archives(settings, [archive(*MANY)])
    assert taken.pages == {"one": 1, "two": 1}
    assert (taken.strangers, taken.damaged_records) == (4, 0)
    assert urls(settings, taken) == ["https://news.two.example/b", "https://www.one.example/2018/a".replace("www.", "")]
    assert captures.is_sealed(settings, taken.batch_key)
    first = next(one for one in read_index(settings, taken.batch_key) if one.outlet_id == "one")
    assert (first.captured_at, first.hint.source, first.status) == (SEEN, "file", 200)
    assert [page.body for page in read_pages(settings, taken.batch_key)] == [b"<p>text", b"<p>text"]


def test_outlets_may_be_named(settings, outlets, archive):
    assert take_archives(settings, [archive(*MANY)], ["quiet", "two"]).pages == {"quiet": 1, "two": 1}


def test_the_same_call_takes_nothing_twice(settings, outlets, archive):
    first = take_archives(settings, [archive(*MANY)])
    again = take_archives(settings, [archive(*MANY)])
    assert (first.batch_key, first.pages) == (again.batch_key, again.pages)
    assert len(read_index(settings, first.batch_key)) == 2
    assert take_archives(settings, [archive(*MANY)], ["one"]).batch_key != first.batch_key


def test_a_killed_call_goes_on_without_doubles(settings, outlets, archive, monkeypatch):
    monkeypatch.setattr(archives, "WAITING_BYTES", 0)
    path = archive(*(member(f"https://two.example/{n}") for n in range(6)))
    take = archives._Sorting.take

    def dies(self, number, record, damage):
        take(self, number, record, damage)
        if len(self.intakes.get("two").seen) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(archives._Sorting, "take", dies)
    with pytest.raises(KeyboardInterrupt):
        take_archives(settings, [path])
    monkeypatch.setattr(archives._Sorting, "take", take)
    taken = take_archives(settings, [path])
    assert taken.pages == {"two": 6}
    found = urls(settings, taken)
    assert len(found) == len(set(found)) == 6


def test_what_waits_is_bounded_over_all_outlets(settings, outlets, archive, monkeypatch):
    monkeypatch.setattr(archives, "WAITING_BYTES", 1000)
    waiting = []
    relieve = archives._Sorting._relieve

    def spy(self):
        relieve(self)
        waiting.append(sum(len(one.writer.data) for one in self.intakes.values()))

    monkeypatch.setattr(archives._Sorting, "_relieve", spy)
    pages = [member(f"https://{'two' if n % 2 else 'one'}.example/{n}", f"<p>{n}" + "x" * 500) for n in range(40)]
    assert take_archives(settings, [archive(*pages)]).pages.total() == 40
    assert max(waiting) <= 1000


def test_damage_costs_its_records_and_is_told(settings, outlets, archive):
    broken = bytearray(member("https://two.example/broken"))
    broken[30:60] = b"\0" * 30
    taken = take_archives(settings, [archive(member("https://two.example/1"), bytes(broken), member("https://two.example/2"))])
    assert taken.pages["two"] == 2
    assert taken.damaged_records >= 1
    told = [one for one in read_index(settings, taken.batch_key) if one.outcome == "failed"]
    assert len(told) == 1
    assert "CC-NEWS.warc.gz" in told[0].detail


def test_a_record_whose_answer_is_damaged_is_told(settings, outlets, archive):
    headers = "WARC-Type: response\r\nWARC-Target-URI: https://two.example/x\r\nWARC-Date: 2018-09-20T10:00:00Z\r\n"
    bad = gzip.compress(f"WARC/1.0\r\n{headers}Content-Length: 5\r\n\r\nnoise\r\n\r\n".encode())
    taken = take_archives(settings, [archive(bad, member("https://two.example/1"))])
    assert (taken.pages["two"], taken.damaged_records) == (1, 1)


def test_a_collection_is_read_too(settings, outlets, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as file:
        file.writestr("archive/1.warc.gz", member("https://two.example/1"))
        file.writestr("archive/2.warc.gz", member("https://two.example/2"))
    assert take_archives(settings, [str(tmp_path / "a.wacz")]).pages == {"two": 2}


def test_an_archive_may_be_named_by_its_address(settings, outlets, site):
    site.put("/CC-NEWS-20180920.warc.gz", member("https://two.example/1"))
    told = []
    taken = take_archives(settings, [f"{site.base}/CC-NEWS-20180920.warc.gz"], None, lambda event, number: told.append((event, number)))
    assert taken.pages == {"two": 1}
    assert {event for event, _ in told} == {"downloaded", "read"}
    assert list((settings.data_dir / "downloads").iterdir()) == []


@pytest.mark.parametrize("name", ["nowhere.warc.gz", "page.html", "https://a.example/page.html"])
def test_what_is_no_archive_is_told(settings, outlets, tmp_path, name):
    (tmp_path / "page.html").write_text("x")
    with pytest.raises(Misconfigured):
        take_archives(settings, [name if "://" in name else str(tmp_path / name)])


def test_without_outlets_nothing_can_be_picked(settings, archive):
    with pytest.raises(Misconfigured, match="no enabled outlet"):
        take_archives(settings, [archive(*MANY)])


def test_two_processes_do_not_take_the_same(settings, outlets, archive):
    taken = take_archives(settings, [archive(*MANY)])
    with sole_worker(captures.batch_dir(settings, taken.batch_key), "archives"), pytest.raises(RetryLater):
        take_archives(settings, [archive(*MANY)])


def outlet(name, home, **more):
    return Outlet(id=name, name=name, home=home, feeds=[f"{home}feed"], **more)


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://www.bbc.example/news/1", "news"),
        ("https://bbc.example/sport/1", "sport"),
        ("https://bbc.example/weather/1", None),
        ("https://blog.bbc.example/news/1", "blog"),
        ("https://a.b.c.bbc.example/news/", "news"),
        ("https://xbbc.example/news/1", None),
        ("https://[/", None),
        ("dns:bbc.example", None),
        ("", None),
    ],
)
def test_the_nearest_host_and_its_patterns_decide_whose_page_it_is(url, owner):
    owners = Owners(
        [
            outlet("news", "https://www.bbc.example/", include=["/news/"]),
            outlet("sport", "https://bbc.example/", include=["/sport/"]),
            outlet("blog", "https://blog.bbc.example/"),
        ]
    )
    found = owners.of(url)
    assert (found.id if found else None) == owner


def test_captures_from_before_https_are_of_the_same_page():
    https, http = outlet("a", "https://a.example/"), outlet("a", "http://a.example/")
    assert identity(https, "http://a.example:80/x?utm_source=y#z") == "https://a.example/x"
    assert identity(http, "http://a.example/x") == "http://a.example/x"
    assert identity(https, "http://a.example:8080/x") == "http://a.example:8080/x"

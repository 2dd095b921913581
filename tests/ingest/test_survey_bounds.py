"""Sites that name very much, or name it badly: a survey asks little, and a file is written whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from ingest.discover import find, survey
from ingest.discover.find import About, Probed, outlet_id
from ingest.discover.survey import Survey, discover, write_outlet
from ingest.outlets import Outlet, load_outlet


@pytest.fixture
def found(settings):
    """A survey as if made, and the folder where its file belongs."""
    one = Survey("https://www.my-paper.example/", About("My Paper", "en"), feeds=[Probed("feed", "https://my-paper.example/feed", 200, 3)])
    return one, settings.outlets_dir


def test_of_endless_dead_sitemaps_some_are_asked(site, settings):
    site.put("/", "<title>The Paper</title>")
    site.put("/robots.txt", "".join(f"Sitemap: {site.base}/dead-{number}.xml\n" for number in range(find.MAX_CANDIDATES * 3)))
    said = discover(settings, site.base)
    assert sum(path.startswith("/dead-") for path in site.paths()) == find.MAX_CANDIDATES
    assert [one.status for one in said.refused] == [404] * find.MAX_CANDIDATES
    assert said.sitemaps == []


def test_of_endless_dead_feeds_some_are_asked(site, settings):
    site.put("/", "".join(f"<a href='/dead-{number}/rss'>x</a>" for number in range(find.MAX_CANDIDATES * 3)))
    said = discover(settings, site.base)
    assert sum(path.startswith("/dead-") for path in site.paths()) == find.MAX_CANDIDATES
    assert said.feeds == []


def test_an_address_that_is_named_many_times_is_asked_once(site, settings):
    site.put("/", "<a href='/rss'>x</a><a href='/rss#top'>y</a><link rel=alternate type='application/rss+xml' href='/rss'>")
    site.feed("/rss", [("/1", None)])
    said = discover(settings, site.base)
    assert site.paths().count("/rss") == 1
    assert len(said.feeds) == 1


def test_a_file_that_can_not_be_read_back_is_not_written(found, monkeypatch):
    one, folder = found
    (folder / "my-paper.yaml").write_text("as before")
    monkeypatch.setattr(Survey, "text", "id: my-paper\nnonsense: yes\n")
    with pytest.raises(Misconfigured, match="nonsense"):
        write_outlet(folder, one, force=True)
    assert [path.name for path in folder.iterdir()] == ["my-paper.yaml"]
    assert (folder / "my-paper.yaml").read_text() == "as before"


def test_what_a_killed_writer_left_does_not_stop_the_next(found):
    one, folder = found
    (folder / ".my-paper").mkdir()
    (folder / ".my-paper" / "my-paper.yaml").write_text("half a li")
    path = write_outlet(folder, one)
    assert load_outlet(path).name == "My Paper"
    assert [left.name for left in folder.iterdir()] == ["my-paper.yaml"]


def test_a_full_disk_leaves_the_old_file(found, monkeypatch):
    one, folder = found
    path = write_outlet(folder, one)
    before = path.read_text()

    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(survey, "load_outlet", full)
    with pytest.raises(OSError, match="No space"):
        write_outlet(folder, Survey(one.home, About("Other", None), feeds=one.feeds), force=True)
    assert path.read_text() == before


@given(st.from_regex(r"(www\.|m\.)?[a-z0-9_-]{1,70}(\.[a-z0-9-]{1,9}){0,3}", fullmatch=True))
def test_an_id_of_any_host_is_one_that_a_file_may_have(host):
    name = outlet_id(f"https://{host}/")
    assert Outlet(id=name, name="x", home="https://a.example/", feeds=["https://a.example/f"]).id == name

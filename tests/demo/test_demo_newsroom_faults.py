"""What goes wrong around the newsroom: damaged files, wrong options, odd requests, a clock that runs ahead."""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from demo.model import Item, StoryFile
from demo.newsroom import clock, edition
from demo.newsroom.__main__ import CONFIGURATION, instant, parser
from demo.newsroom.http import HOST, Newsserver, etag, is_fresh
from demo.newsroom.site import Reply

OPENED = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
PRESENT = OPENED + clock.BEHIND
INSTANTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
STORY = {
    "id": "moon",
    "title": "Moon",
    "articles": [
        {"id": "m-1", "outlet": "plain-post", "day": -1, "slug": "moon", "section": "World", "headline": "Moon", "paragraphs": ["One."]}
    ],
}

# --- the clock ---


@given(INSTANTS, st.lists(st.integers(-10, 400), max_size=12))
def test_the_clock_only_goes_on_and_never_beyond_the_present(real_now: dt.datetime, steps: list[int]) -> None:
    told = clock.opening(real_now)
    for minutes in steps:
        before = told
        try:
            told = told.advance(minutes, real_now)
        except Misconfigured:
            assert minutes <= 0 or before.now + dt.timedelta(minutes=minutes) > real_now
        else:
            assert told.now - before.now == dt.timedelta(minutes=minutes)
        assert before.now <= told.now <= real_now
        assert told.opened == before.opened


@given(INSTANTS, st.integers(1, 10**30))
def test_no_number_of_minutes_is_too_large_for_a_clear_answer(real_now: dt.datetime, minutes: int) -> None:
    told = clock.opening(real_now)
    left = int((real_now - told.now).total_seconds() // 60)
    if minutes <= left:
        assert told.advance(minutes, real_now).advanced == minutes
    else:
        with pytest.raises(Misconfigured, match=f"at most {left} minutes are left"):
            told.advance(minutes, real_now)


@given(INSTANTS, st.timedeltas(dt.timedelta(days=-20), dt.timedelta(days=20)), st.integers(-500, 5000))
def test_a_resumed_clock_is_never_ahead_of_the_present_nor_stale(real_now: dt.datetime, away: dt.timedelta, advanced: int) -> None:
    kept = clock.Clock(real_now + away, advanced)
    resumed = clock.resume(kept, real_now)
    assert resumed.now <= real_now
    assert real_now - resumed.opened < clock.STALE
    assert resumed in (kept, clock.opening(real_now))


def test_a_clock_kept_by_a_computer_whose_own_clock_was_wrong_is_opened_anew() -> None:
    ahead = clock.Clock(PRESENT + dt.timedelta(days=400))
    assert clock.resume(ahead, PRESENT) == clock.opening(PRESENT)


@given(INSTANTS.map(lambda i: i.replace(microsecond=0)), st.integers(0, 5000))
def test_a_written_clock_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, opened: dt.datetime, advanced: int) -> None:
    path = tmp_path_factory.getbasetemp() / "clock-round-trip.json"
    clock.write(path, clock.Clock(opened, advanced))
    assert clock.read(path) == clock.Clock(opened, advanced)


@pytest.mark.parametrize(
    "damage",
    [
        b'{"opened": "2026-11-23T10:00:00", "advanced": 0}',
        b'{"opened": "2026-11-23T10:00:00Z", "advanced": Infinity}',
        b'{"opened": "2026-11-23T10:00:00Z", "advanced": 1e40}',
        b'{"opened": "2026-11-23T10:00:00Z", "advanced": -5}',
        b'{"opened": 5, "advanced": 0}',
        b"\xff\xfe\x00",
        b"null",
        b"7",
    ],
)
def test_a_newsstand_opens_with_any_damaged_file_and_mends_it(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "state.json").write_bytes(damage)
    stand = clock.Newsstand(state=tmp_path / "state.json")
    assert stand.clock.advanced == 0
    assert clock.read(tmp_path / "state.json") == stand.clock


def test_a_refused_step_is_not_kept(tmp_path: Path) -> None:
    stand = clock.Newsstand(state=tmp_path / "state.json")
    stand.advance(10)
    with pytest.raises(Misconfigured):
        stand.advance(100_000)
    assert clock.read(tmp_path / "state.json") == stand.clock == replace(stand.clock, advanced=10)
    assert clock.Newsstand(state=tmp_path / "state.json").clock == stand.clock
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_given_opening_wins_over_the_kept_one(tmp_path: Path) -> None:
    clock.Newsstand(state=tmp_path / "state.json").advance(10)
    assert clock.Newsstand(clock.Clock(OPENED), tmp_path / "state.json").clock == clock.Clock(OPENED)
    assert clock.read(tmp_path / "state.json") == clock.Clock(OPENED)


def test_a_clock_that_cannot_be_kept_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "state.json").mkdir()
    with pytest.raises(Misconfigured, match=r"state\.json.*--state"):
        clock.Newsstand(state=tmp_path / "state.json")


# --- story files ---


def written(folder: Path, content: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "moon.yaml").write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
    return folder


def changed(**fields: object) -> dict[str, object]:
    return STORY | {"articles": [STORY["articles"][0] | fields]}  # type: ignore[index]


def test_a_folder_of_stories_is_read_by_name(tmp_path: Path) -> None:
    (written(tmp_path, STORY) / "a.yaml").write_text(yaml.safe_dump(STORY | {"id": "zebra"}), "utf-8")
    (tmp_path / "notes.txt").write_text("no story")
    assert [story.id for story in edition.load_stories(tmp_path)] == ["zebra", "moon"]


def test_a_folder_without_stories_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Misconfigured, match=rf"{folder}: no story files"):
            edition.load_stories(folder)


def test_a_story_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "moon.yaml").write_bytes("title: Café".encode("latin-1"))
    with pytest.raises(Misconfigured, match=r"moon\.yaml"):
        edition.load_stories(tmp_path)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"time": "25:00"}, "time"),
        ({"time": "08:60"}, "time"),
        ({"time": "8:00"}, "time"),
        ({"live": [["24:10", "Post."]]}, "live"),
        ({"live": [["noon", "Post."]]}, "live"),
        ({"day": 0}, "day"),
        ({"day": None}, "exactly one of date, day, minutes"),
        ({"minutes": 5}, "exactly one of date, day, minutes"),
        ({"copy_of": "m-0"}, "copy_of and copy_kind go together"),
        ({"copy_kind": "cut"}, "copy_of and copy_kind go together"),
        ({"paragraphs": []}, "paragraphs"),
        ({"paywalled_after": 0}, "paywalled_after"),
        ({"slug": "Moon Rise"}, "slug"),
        ({"sources": ["radio"]}, "sources"),
        ({"revisions": [{"after_minutes": 0}]}, "after_minutes"),
        ({"headlines": "two"}, "headlines"),
    ],
)
def test_a_fault_in_a_story_names_file_and_field(tmp_path: Path, fields: dict[str, object], field: str) -> None:
    with pytest.raises(Misconfigured, match=rf"moon\.yaml(.|\n)*{field}"):
        edition.load_stories(written(tmp_path, changed(**fields)))


@pytest.mark.parametrize("time", ["00:00", "09:59", "19:05", "23:59"])
def test_every_time_of_the_day_is_a_time(time: str) -> None:
    shown = edition.article(Item.model_validate(STORY["articles"][0] | {"time": time}), "moon", OPENED)  # type: ignore[index]
    assert shown.published.isoformat() == f"2026-11-22T{time}:00+00:00"


def test_parts_of_a_story_cannot_be_changed_behind_its_back() -> None:
    story = StoryFile.model_validate(STORY)
    with pytest.raises(ValueError, match="frozen"):
        story.articles[0].headline = "Sun"


# --- the program ---


def test_times_without_a_zone_are_utc() -> None:
    assert instant("2026-11-23T10:00") == instant("2026-11-23T11:00+01:00") == OPENED


def test_defaults_of_the_program() -> None:
    given_ = parser().parse_args(["--outlets", "o"])
    assert (given_.port, given_.outlets, given_.stories, given_.state, given_.clock) == (8800, Path("o"), edition.STORIES, None, None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "8800"], "--outlets"),
        (["--outlets", "o", "--clock", "noon"], "--clock"),
        (["--outlets", "o", "--port", "many"], "--port"),
        (["--outlets", "o", "--pot", "1"], "--pot"),
    ],
)
def test_wrong_options_are_named(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_the_program_ends_with_78_for_a_folder_without_stories(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.newsroom", "--outlets", str(tmp_path / "o"), "--stories", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == CONFIGURATION
    assert f"{tmp_path}: no story files" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o").exists()


# --- HTTP without the sites ---

LONG = b"word " * 500
PAGES = {
    "/long": Reply(LONG, "text/plain", OPENED),
    "/empty": Reply(b"", "text/plain", OPENED),
    "/gone": Reply(b"gone", "text/plain", OPENED, 404),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Newsserver]:
    made = Newsserver(0, lambda target: PAGES[target], None)
    made.start()
    yield made
    made.shutdown()
    made.server_close()


def ask(server: Newsserver, path: str, method: str = "GET", **heads: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in heads.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.000, identity", False), ("br", False), ("", False)],
)
def test_gzip_is_sent_to_those_who_take_it(server: Newsserver, accepted: str, zipped: bool) -> None:
    status, heads, body = ask(server, "/long", Accept_Encoding=accepted)
    assert status == 200
    assert (heads.get("content-encoding") == "gzip") is zipped
    assert (gzip.decompress(body) if zipped else body) == LONG
    assert heads["etag"] == etag(LONG, zipped=zipped)


def test_an_empty_body_is_not_compressed(server: Newsserver) -> None:
    status, heads, body = ask(server, "/empty", Accept_Encoding="gzip")
    assert (status, heads["content-length"], body) == (200, "0", b"")
    assert "content-encoding" not in heads


def test_an_error_has_no_validator_and_is_never_304(server: Newsserver) -> None:
    status, heads, body = ask(server, "/gone", If_None_Match="*", If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")
    assert (status, body) == (404, b"gone")
    assert heads["cache-control"] == "no-store"
    assert not {"etag", "last-modified"} & heads.keys()


@pytest.mark.parametrize("path", ["/long", "/empty", "/gone"])
def test_head_tells_what_get_would(server: Newsserver, path: str) -> None:
    (head_status, head, nothing), (status, heads, _) = (
        ask(server, path, "HEAD", Accept_Encoding="gzip"),
        ask(server, path, Accept_Encoding="gzip"),
    )
    assert (head_status, nothing) == (status, b"")
    assert {name: value for name, value in head.items() if name != "date"} == {n: v for n, v in heads.items() if n != "date"}


def test_a_304_repeats_what_caches_need_and_nothing_of_the_body(server: Newsserver) -> None:
    _, first, _ = ask(server, "/long")
    status, heads, body = ask(server, "/long", If_None_Match=first["etag"])
    assert (status, body) == (304, b"")
    assert {name: heads[name] for name in ("etag", "last-modified", "cache-control", "vary")} == {
        name: first[name] for name in ("etag", "last-modified", "cache-control", "vary")
    }
    assert "content-type" not in heads


def test_what_the_server_does_not_do_is_refused(server: Newsserver) -> None:
    assert ask(server, "/long", "POST")[0] == 405
    assert ask(server, "/long", "DELETE")[0] == 501


SECONDS = INSTANTS.map(lambda i: i.replace(microsecond=0))


@given(SECONDS, SECONDS)
def test_a_page_is_fresh_when_the_readers_copy_is_not_older(modified: dt.datetime, seen: dt.datetime) -> None:
    from email.utils import format_datetime

    assert is_fresh('"a"', modified, None, format_datetime(seen, usegmt=True)) is (modified <= seen)
    assert is_fresh('"a"', modified, 'W/"a"', None)
    assert not is_fresh('"a"', modified, '"b"', format_datetime(seen, usegmt=True))


@given(st.binary(), st.binary())
def test_a_validator_stands_for_one_body_in_one_coding(a: bytes, b: bytes) -> None:
    assert (etag(a, zipped=False) == etag(b, zipped=False)) is (a == b)
    assert etag(a, zipped=True) not in {etag(a, zipped=False), etag(b, zipped=False)}
    assert json.loads(etag(a, zipped=True))  # an entity-tag is a quoted string, RFC 9110 section 8.8.3

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.store import gist
from ingest.store.gist import fingerprint

PAGE = """<html><head><title>x</title><script>var nonce="{nonce}"</script><meta name=csrf content={nonce}></head><body>
<p class=clock>Updated {clock}</p><h1>{title}</h1><p>The council voted on {day} to rebuild {number} houses.</p>
<span id={nonce}>{readers} readers</span><form><input value={nonce}></form></body></html>"""
CALM = {"nonce": "a1b2c3d4e5", "clock": "12:03", "title": "Wall rebuilt", "day": "Thursday", "number": "15", "readers": "231"}


def page(**changed):
    return PAGE.format(**CALM | changed).encode()


@pytest.mark.parametrize("restless", [{"nonce": "ffff000011"}, {"clock": "23:59:59"}, {"readers": "1,877"}])
def test_what_changes_at_every_request_does_not_count(restless):
    assert fingerprint(page(**restless)) == fingerprint(page())


@pytest.mark.parametrize("edit", [{"title": "Wall lost"}, {"number": "18"}, {"day": "Friday"}])
def test_what_an_editor_changes_counts(edit):
    assert fingerprint(page(**edit)) != fingerprint(page())


@pytest.mark.parametrize("body", [b"", b"<html>", b"<p>too short", b"\xff\xfe\0\0"])
def test_nothing_to_go_by(body):
    assert fingerprint(body) is None


def test_only_the_beginning_of_a_huge_page_is_looked_at(monkeypatch):
    monkeypatch.setattr(gist, "MAX_BYTES", len(page()))
    assert fingerprint(page() + b"<p>And one more sentence comes after it." * 3) == fingerprint(page())


@given(st.binary(max_size=300))
def test_no_bytes_raise(body):
    assert fingerprint(b"<p>" + body) == fingerprint(b"<p>" + body)

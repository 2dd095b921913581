from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.mend import mended

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
END = b"Content-Length: 2\r\n\r\nhi\r\n\r\nX : y"


@pytest.mark.parametrize("line", [b"Warning: \0", b"PHP notice in line 7", b"X-A : b", b"X(A): b", b": nothing", b"caf\xc3\xa9: x"])
def test_a_line_that_is_no_header_is_dropped(line):
    assert mended(OK + line + b"\r\n" + END) == OK + END
    assert mended((OK + line + b"\r\n" + END).replace(b"\r\n", b"\n")) == (OK + END).replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    "lead", [OK + END, OK + b"X-A: b\r\n folded\r\n" + END, OK + b"X-Empty:\r\n" + END, b"HTTP/1.1 200 OK\r\nX-A", b"", b"HTT"]
)
def test_what_needs_no_mending_is_left_alone(lead):
    assert mended(lead) is None


@pytest.mark.parametrize("line", [b"Content-Length : 7", b"Transfer-Encoding\t: chunked", b"content-length 7", b"Content-Length: 7\0"])
def test_nothing_is_guessed_about_where_the_body_ends(line):
    assert mended(OK + line + b"\r\n" + END) is None


def test_blank_lines_before_the_answer_are_dropped():
    assert mended(b"\r\n\r\n" + OK + END) == OK + END


def test_the_answer_behind_an_interim_one_is_mended_and_its_body_is_not():
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    assert mended(interim + OK + b"bad line\r\n" + END) == interim + OK + END


def test_a_head_that_is_not_whole_yet_keeps_its_last_line():
    assert mended(OK + b"bad line\r\nX-Ha") == OK + b"X-Ha"
    assert mended(OK + b"X-Ha") is None


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_mending_twice_changes_nothing_more(head, body):
    once = mended(OK + head + b"\r\n\r\n" + body)
    if once is not None:
        assert mended(once) is None


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line and b"\r" not in line), max_size=6))
def test_a_mended_head_can_be_read_or_was_framed_by_guesses(lines):
    lead = OK + b"".join(line + b"\r\n" for line in lines) + END
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    reader.send(h11.EndOfMessage())
    reader.receive_data(mended(lead) or lead)
    try:
        event = reader.next_event()
    except h11.RemoteProtocolError:
        return  # an empty line among them ended the head, or a control character is left: still no page
    assert isinstance(event, h11.Response)

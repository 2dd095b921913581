"""A hostile web server of our own: one fault an address, one fetch a test, and the word that the fetch must end in."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import gzip
import ssl
import threading
import zlib

import brotli
import pytest
import zstandard

from common.errors import ConsilienceError, FetchDelayed
from ingest.web import links, wire
from ingest.web.fetch import Fetcher

PAGE = b"<!DOCTYPE html><title>Bridge</title><h1>Bridge</h1>" + b"<p>The council agreed to repair the old bridge before winter.</p>" * 20
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
FAULTS = {}


def fault(word, kind=None):
    """Register the way a server behaves, with the fault that a fetch of it ends in (None: with the page)."""

    def keep(behave):
        FAULTS[behave.__name__] = (word, behave)
        return behave

    return keep


def whole(body, *lines):
    return OK + b"".join(line + b"\r\n" for line in (*lines, b"Content-Length: %d" % len(body))) + b"\r\n" + body


@fault(None)
async def sane(_reader, writer):
    writer.write(whole(PAGE))


@fault(None)
async def ended_by_close(_reader, writer):
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE)


@fault(None)
async def chunks_with_extensions_and_trailers(_reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(PAGE), 200):
        piece = PAGE[start : start + 200]
        writer.write(b"%x;a=1\r\n%s\r\n" % (len(piece), piece))
    writer.write(b"0\r\nX-Sum: 1\r\n\r\n")


@fault(None)
async def early_hints_before_the_page(_reader, writer):
    writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + whole(PAGE))


@fault("protocol")
async def closed_at_once(_reader, writer):
    writer.transport.abort()


@fault("protocol")
async def endless_interim_answers(_reader, writer):
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)
            await writer.drain()


@fault("header_too_large")
async def endless_headers(_reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"X-Filler: abcdefghijklmnop\r\n" * 1000)
            await writer.drain()


@fault("header_too_large")
async def one_endless_header(_reader, writer):
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"a" * 65536)
            await writer.drain()


@fault("protocol")
async def an_endless_chunk_extension(_reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n5;")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"a=b;" * 16384)
            await writer.drain()


@fault("too_large")
async def an_endless_body(_reader, writer):
    writer.write(OK + b"\r\n")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(bytes(range(32, 127)) * 600)
            await writer.drain()


@fault("too_large")
async def chunks_of_one_byte_without_end(_reader, writer):
    writer.write(OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    empty = gzip.compress(b"")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write((b"%x\r\n" % len(empty) + empty + b"\r\n") * 2000)  # nothing ever comes out
            await writer.drain()


@fault("decompress_bomb")
async def a_gzip_bomb(_reader, writer):
    writer.write(whole(gzip.compress(bytes(64 << 20)), b"Content-Encoding: gzip"))


@fault("decompress_bomb")
async def a_deflate_bomb(_reader, writer):
    writer.write(whole(zlib.compress(bytes(64 << 20)), b"Content-Encoding: deflate"))


@fault("decompress_bomb")
async def a_brotli_bomb(_reader, writer):
    writer.write(whole(brotli.compress(bytes(64 << 20), quality=5), b"Content-Encoding: br"))


@fault("decompress_bomb")
async def a_zstd_bomb(_reader, writer):
    writer.write(whole(zstandard.ZstdCompressor().compress(bytes(64 << 20)), b"Content-Encoding: zstd"))


@fault("decompress_bomb")
async def a_bomb_in_a_bomb(_reader, writer):
    writer.write(whole(gzip.compress(gzip.compress(bytes(64 << 20))), b"Content-Encoding: gzip, gzip"))


@fault("decompress_bomb")
async def a_stack_of_codings(_reader, writer):
    writer.write(whole(b"x", b"Content-Encoding: " + b", ".join([b"gzip"] * 300)))


@fault("decompress_bomb")
async def a_stack_of_coding_headers(_reader, writer):
    writer.write(whole(b"x", *[b"Content-Encoding: gzip"] * 30))


@fault("bad_encoding")
async def an_unknown_coding(_reader, writer):
    writer.write(whole(b"x", b"Content-Encoding: x-snappy-magic"))


@fault("truncated")
async def a_length_that_is_not_kept(_reader, writer):
    writer.write(OK + b"Content-Length: %d\r\n\r\n" % (len(PAGE) + 1) + PAGE)


@fault("truncated")
async def chunks_without_the_last(_reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(PAGE), PAGE))


@fault("truncated")
async def a_reset_in_the_body(_reader, writer):
    writer.write(OK + b"Content-Length: 99999\r\n\r\n" + PAGE)
    await writer.drain()
    writer.transport.abort()


@fault("truncated")
async def a_cut_gzip(_reader, writer):
    writer.write(whole(gzip.compress(PAGE)[:-20], b"Content-Encoding: gzip"))


@fault("truncated")
async def a_cut_brotli(_reader, writer):
    writer.write(whole(brotli.compress(PAGE)[:-5], b"Content-Encoding: br"))


@fault("truncated")
async def a_cut_zstd(_reader, writer):
    writer.write(whole(zstandard.ZstdCompressor().compress(PAGE)[:-5], b"Content-Encoding: zstd"))


@fault("truncated")
async def an_empty_page(_reader, writer):
    writer.write(whole(b" \n"))


@fault("corrupt")
async def a_wrong_checksum(_reader, writer):
    writer.write(whole(gzip.compress(PAGE)[:-8] + bytes(8), b"Content-Encoding: gzip"))


@fault("protocol")
async def two_lengths(_reader, writer):
    writer.write(OK + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE)


@fault("protocol")
async def a_negative_length(_reader, writer):
    writer.write(OK + b"Content-Length: -1\r\n\r\n" + PAGE)


@fault("protocol")
async def a_negative_chunk(_reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + PAGE)


@fault("protocol")
async def a_chunk_of_twenty_digits(_reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 24 + b"\r\n" + PAGE)


@fault("protocol")
async def no_http_at_all(_reader, writer):
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


@fault("protocol")
async def a_304_that_nobody_asked_for(_reader, writer):
    writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")


@fault("protocol")
async def a_part_that_nobody_asked_for(_reader, writer):
    writer.write(whole(PAGE).replace(b"200 OK", b"206 Partial Content"))


@fault("protocol")
async def a_redirect_to_nowhere(_reader, writer):
    writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")


@fault("redirect_loop")
async def a_redirect_to_itself(_reader, writer):
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /a_redirect_to_itself\r\nContent-Length: 0\r\n\r\n")


@fault("bad_scheme")
async def a_redirect_to_a_file(_reader, writer):
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")


@fault("ssrf")
async def a_redirect_into_the_private_net(_reader, writer):
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://[::ffff:10.0.0.1]/\r\nContent-Length: 0\r\n\r\n")


@fault("bad_url")
async def a_redirect_with_credentials(_reader, writer):
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://news.example@127.0.0.1/\r\nContent-Length: 0\r\n\r\n")


@fault("timeout")
async def silence(reader, _writer):
    await reader.read()


@fault("timeout")
async def silence_after_the_headers(reader, writer):
    writer.write(OK + b"Content-Length: 5000\r\n\r\n")
    await reader.read()


@fault("timeout")
async def one_byte_at_a_time(_reader, writer):
    writer.write(OK + b"Content-Length: 5000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(100_000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)


@fault("not_html")
async def a_program_as_html(_reader, writer):
    writer.write(whole(b"\x7fELF\x02\x01\x01" + bytes(500)))


@fault("not_html")
async def noise_as_html(_reader, writer):
    writer.write(whole(bytes((i * 131 + 7) % 256 for i in range(4000))))


@fault("not_html")
async def json_as_html(_reader, writer):
    writer.write(whole(b'{"error": "no such article", "code": 17}'))


@fault("content_type")
async def an_image(_reader, writer):
    writer.write(whole(PAGE).replace(b"text/html", b"image/png"))


@fault("http_5xx")
async def an_error_that_looks_like_a_page(_reader, writer):
    writer.write(whole(PAGE).replace(b"200 OK", b"500 Oops"))


@fault("rate_limited")
async def too_many_requests_for_ever(_reader, writer):
    writer.write(whole(PAGE, b"Retry-After: 99999999").replace(b"200 OK", b"429 Too Many Requests"))


@fault("http_4xx")
async def payment_required(_reader, writer):
    writer.write(whole(PAGE).replace(b"200 OK", b"402 Payment Required"))


@fault("blocked")
async def the_challenge_of_a_bot_wall(_reader, writer):
    writer.write(whole(PAGE, b"cf-mitigated: challenge").replace(b"200 OK", b"403 Forbidden"))


@fault("blocked")
async def a_login_wall(_reader, writer):
    writer.write(whole(b"<title>Log in to continue</title><h1>Log in</h1><form><input type=password name=p></form>"))


@fault("gone")
async def a_soft_404(_reader, writer):
    writer.write(whole(b"<title>Page not found | The Valley Times</title><p>Try our front page.</p>"))


class Hostile:
    """Serves the faults by path on loopback, in a thread with a loop of its own."""

    def __init__(self, tls=None):
        self.tls, self.requests, self.writers, self.ready = tls, [], [], threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self.thread.start()
        self.ready.wait()

    async def serve(self):
        self.loop, self.stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0, ssl=self.tls)
        self.base = f"{'https' if self.tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.ready.set()
        async with server:
            await self.stop.wait()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in self.writers:
            writer.transport.abort()
        for _ in range(3):  # transports close in the next turns of the loop
            await asyncio.sleep(0)

    async def answer(self, reader, writer):
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode().strip("/")
            self.requests.append(path)
            try:
                await FAULTS[path][1](reader, writer)
                await writer.drain()
            finally:
                writer.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join()


@pytest.fixture(scope="module")
def hostile():
    server = Hostile()
    yield server
    server.close()


@pytest.fixture
def strict(settings):
    return settings.model_copy(update={"fetch_deadline_s": 20.0, "fetch_max_bytes": 1 << 20})


def get(settings, url, **more):
    async def run():
        async with Fetcher(settings) as fetcher:
            return await fetcher.fetch(url, **more)

    return asyncio.run(run())


@pytest.mark.parametrize("name", sorted(name for name, (word, _) in FAULTS.items() if word is None))
def test_honest_servers_are_understood(hostile, strict, name):
    assert get(strict, f"{hostile.base}/{name}").body == PAGE


@pytest.mark.parametrize(("name", "word"), sorted((name, word) for name, (word, _) in FAULTS.items() if word))
def test_every_fault_ends_in_its_word(hostile, strict, name, word):
    settings = strict.model_copy(update={"fetch_deadline_s": 0.5}) if word == "timeout" else strict
    with pytest.raises(ConsilienceError) as caught:
        get(settings, f"{hostile.base}/{name}")
    assert caught.value.fault == word
    assert "url" in caught.value.where


def test_a_robots_txt_of_any_size_is_cut_and_not_refused(hostile, strict):
    answer = get(strict, f"{hostile.base}/an_endless_body", kind="robots", cut_at=512 * 1024)
    assert (len(answer.body), answer.cut) == (512 * 1024, True)


def test_poison_between_good_pages_harms_none_of_them(hostile, strict):
    strict = strict.model_copy(update={"fetch_deadline_s": 3.0})
    names = [name for name, (word, _) in FAULTS.items() if word not in {None, "timeout"}]

    async def run():
        async with Fetcher(strict) as fetcher:
            for name in names:
                with contextlib.suppress(ConsilienceError):
                    await fetcher.fetch(f"{hostile.base}/{name}")
                assert (await fetcher.fetch(f"{hostile.base}/sane")).body == PAGE

    asyncio.run(run())


def test_a_certificate_that_nobody_vouches_for_is_refused(strict, own_certificate):
    server = Hostile(tls=own_certificate[0])
    try:
        with pytest.raises(FetchDelayed) as caught:
            get(strict, f"{server.base}/sane")
    finally:
        server.close()
    assert caught.value.fault == "tls"
    assert server.requests == []


def test_a_certificate_that_is_trusted_is_taken(strict, own_certificate, monkeypatch):
    server = Hostile(tls=own_certificate[0])
    trusting = ssl.create_default_context(cadata=own_certificate[1])
    monkeypatch.setattr(links, "tls_context", lambda: trusting)
    try:
        assert get(strict, f"{server.base}/sane").body == PAGE
    finally:
        server.close()


def test_a_port_that_speaks_no_tls_does_not_hold_us_up(hostile, strict, monkeypatch):
    monkeypatch.setattr(wire, "HANDSHAKE_S", 0.3)
    with pytest.raises(FetchDelayed) as caught:
        get(strict, hostile.base.replace("http:", "https:") + "/sane")
    assert caught.value.fault == "tls"


def test_bytes_that_nobody_asked_for_are_not_the_next_answer(strict):
    """A response that carries a second one behind it must not answer our next request."""
    smuggled = []

    async def twice(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            smuggled.append(1)
            writer.write(whole(PAGE) + (whole(b"<title>Forged</title><p>words") if len(smuggled) == 1 else b""))
            with contextlib.suppress(ConnectionError):
                await reader.read()
        finally:
            writer.close()

    async def run():
        server = await asyncio.start_server(twice, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, Fetcher(strict) as fetcher:
            return [(await fetcher.fetch(f"{base}/{n}")).body for n in range(2)]

    assert asyncio.run(run()) == [PAGE, PAGE]
    assert len(smuggled) == 2


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_anew(strict):
    opened = []

    async def once(reader, writer):
        opened.append(1)
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(whole(PAGE))
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")  # the next request is taken, and not answered
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run():
        server = await asyncio.start_server(once, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, Fetcher(strict) as fetcher:
            return [(await fetcher.fetch(f"{base}/{n}")).body for n in range(3)]

    assert asyncio.run(run()) == [PAGE] * 3
    assert len(opened) == 3


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory):
    """A server context with a certificate that it signed itself, and that certificate."""
    x509 = pytest.importorskip("cryptography.x509", reason="cryptography makes the certificate")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    coded = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem + coded)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, pem.decode()

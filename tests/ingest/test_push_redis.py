"""The list, in a real Redis: every test has names of its own there and removes them."""

from __future__ import annotations

import json
import socket
import uuid

import pytest
import redis
from pydantic import SecretStr

from common.errors import Misconfigured, RetryLater
from ingest.push import redis_list
from ingest.push.inbox import Inbox, waiting_outlets
from ingest.push.redis_list import drain, is_on, lengths

REDIS = "redis://127.0.0.1:6379/0"


@pytest.fixture
def client():
    found = redis.Redis.from_url(REDIS, socket_connect_timeout=3)
    try:
        found.ping()
    except redis.exceptions.RedisError:
        found.close()
        pytest.skip("no Redis at 127.0.0.1:6379")
    yield found
    found.close()


@pytest.fixture
def queue(client, settings, site, add_outlet):
    """Settings with a list of their own."""
    add_outlet("paper", site, 'feeds: ["{base}/feed"]')
    name = f"test:{uuid.uuid4().hex}"
    yield settings.model_copy(update={"redis_url": SecretStr(REDIS), "redis_list": name})
    client.delete(name, f"{name}:taken", f"{name}:dead")


def send(client, settings, *messages):
    client.rpush(settings.redis_list, *(one if isinstance(one, bytes) else json.dumps(one) for one in messages))


def page(site, n):
    return {"outlet": "paper", "url": f"{site.base}/{n}"}


def dead(client, settings):
    return [json.loads(one) for one in client.lrange(f"{settings.redis_list}:dead", 0, -1)]


def test_messages_become_pages_and_the_lists_are_empty(client, queue, site):
    send(client, queue, page(site, 1), {"outlet": "paper", "urls": [f"{site.base}/2", f"{site.base}/3", "no url"]})
    assert drain(queue) == {"messages": 2, "dead": 0, "offered": 3, "refused": 1}
    assert lengths(queue) == {"waiting": 0, "taken": 0, "dead": 0}
    assert waiting_outlets(queue) == ["paper"]
    assert drain(queue)["messages"] == 0


def test_many_messages_in_batches_also_equal_ones(client, queue, site, monkeypatch):
    monkeypatch.setattr(redis_list, "BATCH", 7)
    send(client, queue, *(page(site, n % 20) for n in range(50)))
    assert drain(queue)["messages"] == 50
    assert lengths(queue) == {"waiting": 0, "taken": 0, "dead": 0}


def test_one_call_is_bounded_and_the_next_one_goes_on(client, queue, site, monkeypatch):
    monkeypatch.setattr(redis_list, "BATCH", 5)
    monkeypatch.setattr(redis_list, "MOST", 10)
    send(client, queue, *(page(site, n) for n in range(13)))
    assert [drain(queue)["messages"] for _ in range(3)] == [10, 3, 0]


def test_messages_of_a_drainer_that_was_killed_after_taking_them_are_taken_again(client, queue, site):
    send(client, queue, page(site, 1), page(site, 2), page(site, 3))
    for _ in range(2):  # LMOVE was done, and then nothing more
        client.lmove(queue.redis_list, f"{queue.redis_list}:taken", "LEFT", "RIGHT")
    assert lengths(queue) == {"waiting": 1, "taken": 2, "dead": 0}
    assert drain(queue)["offered"] == 3
    assert lengths(queue) == {"waiting": 0, "taken": 0, "dead": 0}


@pytest.mark.parametrize("moment", ["before the frontier", "after the frontier"])
def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(client, queue, site, monkeypatch, moment):
    send(client, queue, page(site, 1), page(site, 2))
    target, name = (Inbox, "put") if moment == "before the frontier" else (redis_list.RedisList, "done")
    with monkeypatch.context() as patch:
        patch.setattr(target, name, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            drain(queue)
    assert lengths(queue)["taken"] == 2
    assert drain(queue) == {"messages": 2, "dead": 0, "offered": 2, "refused": 0}
    assert waiting_outlets(queue) == ["paper"]


def test_two_drainers_at_once_lose_nothing(client, queue, site, monkeypatch):
    send(client, queue, *(page(site, n) for n in range(10)))
    real, nested = Inbox.put, []

    def put(inbox, offers):  # a second one runs while the first has its messages on the way
        monkeypatch.setattr(Inbox, "put", real)
        nested.append(drain(queue)["offered"])
        return real(inbox, offers)

    monkeypatch.setattr(Inbox, "put", put)
    assert drain(queue)["offered"] == 10
    assert nested == [10]
    assert lengths(queue) == {"waiting": 0, "taken": 0, "dead": 0}


def test_poison_is_buried_with_its_reason_and_the_rest_goes_through(client, queue, site):
    poison = [b"\xff\x00", b"{", b"[]", b'{"outlet": "paper"}', b'{"outlet": "\\ud800", "url": "https://x/"}', b"x" * 2_000_000]
    send(client, queue, *poison, {"outlet": "nobody", "url": "https://x/"}, page(site, 1))
    assert drain(queue) == {"messages": 8, "dead": 7, "offered": 1, "refused": 0}
    assert lengths(queue) == {"waiting": 0, "taken": 0, "dead": 7}
    letters = dead(client, queue)
    assert all(letter["reason"] and letter["at"].endswith("Z") for letter in letters)
    assert letters[-1]["message"] == '{"outlet": "nobody", "url": "https://x/"}'
    assert "no outlet 'nobody'" in letters[-1]["reason"]
    assert max(len(letter["message"]) for letter in letters) == redis_list.DEAD_CHARS


def test_dead_letters_do_not_fill_the_memory(client, queue, site, monkeypatch):
    monkeypatch.setattr(redis_list, "MOST_DEAD", 3)
    send(client, queue, *(f"junk {n}".encode() for n in range(9)))
    assert drain(queue)["dead"] == 9
    assert [letter["message"] for letter in dead(client, queue)] == ["junk 6", "junk 7", "junk 8"]


def test_a_faulty_outlet_file_takes_no_message(client, queue, site):
    (queue.outlets_dir / "paper.yaml").write_text("id: paper\n")
    send(client, queue, page(site, 1))
    with pytest.raises(Misconfigured):
        drain(queue)
    assert lengths(queue) == {"waiting": 1, "taken": 0, "dead": 0}


def test_another_kind_of_value_under_the_name_is_told(client, queue):
    client.set(queue.redis_list, "text")
    with pytest.raises(Misconfigured, match="can't serve the list"):
        drain(queue)
    assert client.get(queue.redis_list) == b"text"


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_url_it_is_off(queue, url):
    off = queue.model_copy(update={"redis_url": None if url is None else SecretStr(url)})
    assert not is_on(off)
    with pytest.raises(Misconfigured, match="CONSILIENCE_REDIS_URL"):
        drain(off)


@pytest.mark.parametrize("url", ["no url", "http://127.0.0.1/"])
def test_what_is_no_redis_url_is_told(queue, url):
    with pytest.raises(Misconfigured, match="is no Redis URL"):
        drain(queue.model_copy(update={"redis_url": SecretStr(url)}))


def test_a_redis_that_is_down_is_asked_later_and_its_password_is_not_shown(settings, site, add_outlet):
    add_outlet("paper", site, 'feeds: ["{base}/feed"]')
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"redis://user:hidden-word@127.0.0.1:{taken.getsockname()[1]}/0"
        with pytest.raises(RetryLater) as caught:
            drain(settings.model_copy(update={"redis_url": SecretStr(url)}))
    assert "hidden-word" not in str(caught.value)


def test_a_wrong_password_is_told_and_not_shown(queue):
    with pytest.raises(Misconfigured, match="refuses user or password") as caught:
        drain(queue.model_copy(update={"redis_url": SecretStr("redis://nobody:hidden-word@127.0.0.1:6379/0")}))
    assert "hidden-word" not in str(caught.value)

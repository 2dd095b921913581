"""A Redis list of offered pages, drained at least once.

A message goes from the list to `…:taken`, then into the frontier, and leaves `…:taken` only after that; what a killed drainer left
there is taken first by the next one. What can't be used goes to `…:dead` with the reason.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import redis

from common import clock, logs
from common.errors import Misconfigured, Quarantined, RetryLater
from common.settings import Settings
from ingest.push.inbox import Inbox
from ingest.push.messages import Offer, decode

# Messages on the way at once; a drainer that is killed leaves so many, and the next one offers them again.
BATCH = 200
# Messages of one call: keeps a task below a minute; the rest waits for the next one.
MOST = 20_000
# Dead letters that are kept; a producer that sends nothing else must not fill the memory of Redis.
MOST_DEAD = 10_000
# Characters of a message that its dead letter keeps.
DEAD_CHARS = 4000
# Seconds for one answer of Redis, which takes microseconds; and for reaching it.
WAIT_S = 10.0


def is_on(settings: Settings) -> bool:
    """Whether a Redis is named."""
    return bool(settings.redis_url and settings.redis_url.get_secret_value())


@contextmanager
def _redis_faults(settings: Settings) -> Iterator[None]:
    """Turn the errors of Redis into ours; none of them quotes the URL, which holds a password."""
    try:
        yield
    except (redis.exceptions.AuthenticationError, redis.exceptions.NoPermissionError) as error:
        raise Misconfigured(f"Redis refuses user or password of CONSILIENCE_REDIS_URL: {error}") from error
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
        raise RetryLater(f"the Redis of CONSILIENCE_REDIS_URL does not answer: {error}") from error
    except redis.exceptions.ResponseError as error:
        raise Misconfigured(f"the Redis of CONSILIENCE_REDIS_URL can't serve the list {settings.redis_list!r}: {error}") from error


class RedisList:
    """The list with the two beside it; use as `with`.

    Raises:
        Misconfigured: no URL is set, or it is none.
    """

    def __init__(self, settings: Settings) -> None:
        if not is_on(settings) or settings.redis_url is None:
            raise Misconfigured("no Redis is named; set CONSILIENCE_REDIS_URL, e.g. redis://127.0.0.1:6379/0")
        try:
            # its types are those of the asynchronous client as well
            self.client: Any = redis.Redis.from_url(
                settings.redis_url.get_secret_value(), socket_timeout=WAIT_S, socket_connect_timeout=WAIT_S
            )
        except ValueError as error:
            raise Misconfigured(f"CONSILIENCE_REDIS_URL is no Redis URL: {error}") from error
        self.name = settings.redis_list
        self.taken, self.dead = f"{self.name}:taken", f"{self.name}:dead"

    def __enter__(self) -> RedisList:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def lengths(self) -> dict[str, int]:
        """Messages that wait, that are on the way, and that are dead."""
        return {name: int(self.client.llen(key)) for name, key in (("waiting", self.name), ("taken", self.taken), ("dead", self.dead))}

    def move(self) -> list[bytes]:
        """Messages to be worked on, at most `BATCH`: what lies in `taken` already, filled up from the list."""
        with self.client.pipeline(transaction=False) as pipe:
            for _free in range(BATCH - int(self.client.llen(self.taken))):
                pipe.lmove(self.name, self.taken, "LEFT", "RIGHT")
            pipe.execute()
        return cast("list[bytes]", self.client.lrange(self.taken, 0, BATCH - 1))

    def done(self, messages: Sequence[bytes]) -> None:
        """Let go of messages whose pages are in the frontier."""
        with self.client.pipeline(transaction=False) as pipe:
            for raw in messages:
                pipe.lrem(self.taken, 1, raw)
            pipe.execute()

    def bury(self, raw: bytes, reason: str) -> None:
        """Put a message to the dead ones, in one step."""
        text = raw[:DEAD_CHARS].decode("utf-8", "backslashreplace")
        letter = json.dumps({"message": text, "reason": reason, "at": clock.iso(clock.now())})
        with self.client.pipeline(transaction=True) as pipe:
            pipe.rpush(self.dead, letter)
            pipe.ltrim(self.dead, -MOST_DEAD, -1)
            pipe.lrem(self.taken, 1, raw)
            pipe.execute()


def _read(inbox: Inbox, raw: bytes) -> Offer:
    """A message whose outlet exists.

    Raises:
        Quarantined: it can't be used, now or later.
    """
    offer = decode(raw)
    inbox.outlet(offer.outlet_id)
    return offer


def _put(inbox: Inbox, queue: RedisList, batch: Sequence[bytes]) -> Counter[str]:
    good: list[bytes] = []
    offers: list[Offer] = []
    counts: Counter[str] = Counter(messages=len(batch))
    for raw in batch:
        try:
            offers.append(_read(inbox, raw))
            good.append(raw)
        except Quarantined as error:
            logs.get(list=queue.name).warning("push_message_dead", detail=str(error))
            queue.bury(raw, str(error))
            counts["dead"] += 1
    counts.update(inbox.put(offers))
    queue.done(good)
    return counts


def drain(settings: Settings) -> dict[str, int]:
    """Move messages of the list into the frontier until it is empty, at most `MOST`.

    Returns counts: messages, dead (messages), offered (pages), refused (addresses of messages that went through).

    Raises:
        Misconfigured: no Redis is set, it refuses us, or an outlet file is faulty; nothing is lost.
        RetryLater: Redis does not answer.
    """
    total: Counter[str] = Counter(messages=0, dead=0, offered=0, refused=0)
    with _redis_faults(settings), Inbox(settings) as inbox, RedisList(settings) as queue:
        while total["messages"] < MOST and (batch := queue.move()):
            total.update(_put(inbox, queue, batch))
    total.pop("unknown", None)
    return dict(total)


def lengths(settings: Settings) -> dict[str, int]:
    """Messages that wait, that are on the way, and that are dead.

    Raises:
        Misconfigured: no Redis is set, or it refuses us.
        RetryLater: Redis does not answer.
    """
    with _redis_faults(settings), RedisList(settings) as queue:
        return queue.lengths()

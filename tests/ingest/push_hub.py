"""A WebSub hub and our receiver on this computer, both over real HTTP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ingest.push import websub


@contextlib.contextmanager
def served(app) -> Iterator[str]:
    """Serve an application; its address answers at once, because the socket listens before the server starts."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, http="h11", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class Hub:
    """Answers requests as `behaviour` says: verify before the answer, deny, refuse, redirect, or forget."""

    def __init__(self):
        self.behaviour, self.lease_s, self.forms, self.verified = "verify", 600, [], []
        self.elsewhere = ""

    def app(self):
        return Starlette(routes=[Route("/hub", self.take, methods=["POST"]), Route("/moved", self.take, methods=["POST"])])

    async def take(self, request):
        if self.behaviour in {"307", "308", "302"} and request.url.path == "/hub":
            return PlainTextResponse("", int(self.behaviour), {"Location": self.elsewhere or "/moved"})
        form = dict(parse_qsl((await request.body()).decode()))
        self.forms.append(form)
        if self.behaviour == "refuse":
            return PlainTextResponse("topic\x00 is unknown here\nmore", 422)
        if self.behaviour == "deny":
            await run_in_threadpool(self.tell, form, {"hub.mode": "denied", "hub.reason": "over\x00 quota"})
        elif self.behaviour != "forget" and "hub.callback" in form:
            await run_in_threadpool(self.verify, form)
        return PlainTextResponse("", 202)

    @staticmethod
    def tell(form, query):
        return httpx.get(form["hub.callback"], params={"hub.topic": form["hub.topic"]} | query, trust_env=False)

    def verify(self, form):
        challenge = f"challenge-{len(self.forms)}"
        answer = self.tell(form, {"hub.mode": form["hub.mode"], "hub.challenge": challenge, "hub.lease_seconds": str(self.lease_s)})
        assert (answer.status_code, answer.text) == (200, challenge)
        self.verified.append(form["hub.mode"])

    def publish(self, body, method="sha256", content_type="application/rss+xml", secret=None):
        """Deliver to the last subscriber; returns the status."""
        form = next(form for form in reversed(self.forms) if "hub.secret" in form)
        headers = {"Content-Type": content_type}
        if method:
            headers["X-Hub-Signature"] = websub.signature(method, secret or form["hub.secret"], body)
        return httpx.post(form["hub.callback"], content=body, headers=headers, trust_env=False).status_code

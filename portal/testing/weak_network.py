"""A network between a browser and the portal that fails as mountain networks do.

A real HTTP proxy on this machine: the browser, its service worker and everything else
talk to its address. What it does is chosen by ``condition``.
"""

import http.client
import random
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

FOREIGN_PAGE = (
    b"<!doctype html><html><head><title>WiFi mien phi</title></head>"
    b"<body><h1>Dang nhap WiFi</h1></body></html>"
)
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "proxy-connection"}


class WeakNetwork:
    """Forwards to the portal, or fails. ``only`` limits failing to paths that it accepts.

    ``good`` forwards; ``away`` closes every connection; ``captive`` answers everything
    with 200 and somebody else's page; ``weak`` fails a share of requests, each in one of
    three ways: lost on the way there, reply lost on the way back, or delivered twice;
    ``lost_reply`` always delivers and always loses the reply. ``next`` names the fates of
    the first weak requests, for what chance might leave out.
    """

    def __init__(self, target, seed=1):
        self.target = urlsplit(target)
        self.condition = "good"
        self.share = 0.3
        self.only = None
        self.next = []
        self.happened = {"forwarded": 0, "lost": 0, "reply_lost": 0, "twice": 0, "captive": 0}
        self.log = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        network = self

        class Handler(_Handler):
            def answer(self):
                network._answer(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def _answer(self, handler):
        fate = self._fate(handler.path)
        with self._lock:
            self.happened[fate] += 1
            self.log.append((handler.command, handler.path, fate))
        if fate == "captive":
            handler.reply(200, [("Content-Type", "text/html; charset=utf-8")], FOREIGN_PAGE)
            return
        if fate == "lost":
            handler.hang_up()
            return
        body = handler.body()
        answer = self._forward(handler, body)
        if fate == "twice":
            answer = self._forward(handler, body)
        if fate == "reply_lost":
            handler.hang_up()
        else:
            handler.reply(*answer)

    def _fate(self, path):
        touched = self.only is None or self.only(path)
        if self.condition == "good" or not touched:
            return "forwarded"
        if self.condition in {"away", "captive"}:
            return {"away": "lost", "captive": "captive"}[self.condition]
        if self.condition == "lost_reply":
            return "reply_lost"
        with self._lock:
            if self.next:
                return self.next.pop(0)
            if self._random.random() >= self.share:
                return "forwarded"
            return self._random.choice(["lost", "reply_lost", "twice"])

    def _forward(self, handler, body):
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=30)
        try:
            headers = {k: v for k, v in handler.headers.items() if k.lower() not in HOP_BY_HOP}
            connection.request(handler.command, handler.path, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
            kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP]
            return answer.status, kept, content
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            self.answer()
        except OSError:
            # The portal is down, or the browser has gone: both look like no network.
            self.hang_up()

    do_POST = do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815 -- names given by http.server

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status, headers, content):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def log_message(self, *args):
        """Say nothing: the tests read `WeakNetwork.log`."""


@pytest.fixture
def weak_network(live_server):
    """A `WeakNetwork` before the live server; good until told otherwise."""
    network = WeakNetwork(live_server.url)
    yield network
    network.close()

"""A bank's directory of users on this machine: OpenID Connect over HTTP, with keys and tokens of its own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "workbench"


@dataclass
class Directory:
    """Who is at the screen, and whether the directory signs with its own key; both may be changed between log-ins."""

    user: str = "demo_reader"
    honest: bool = True
    address: str = ""
    nonces: dict[str, str] = field(default_factory=dict)
    own_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def settings(self) -> list[str]:
        """What the config says of it."""
        places = {"authorization": "authorize", "token": "token", "user": "user", "keys": "keys"}
        of_places = [f"review.directory.{name}={self.address}/{place}" for name, place in places.items()]
        return ["review.log_in=directory", f"review.directory.client={CLIENT}", *of_places]

    def code(self, asked: dict[str, str]) -> str:
        """Where the browser goes on to: back, with a code."""
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = asked.get("nonce", "")
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, str]:
        """A token for a code."""
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": self.user, "iat": now, "exp": now + 60}
        signing = self.own_key if self.honest else self.other_key
        signed = jwt.encode(
            {**claims, "nonce": self.nonces[asked["code"]]}, signing, algorithm="RS256", headers={"kid": "1"}
        )
        return {"access_token": "opaque", "id_token": signed, "token_type": "Bearer"}

    def keys(self) -> dict[str, Any]:
        """The public key."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.own_key.public_key()))
        return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}


@contextmanager
def directory_of_users() -> Iterator[Directory]:
    """A directory that listens on a free port of 127.0.0.1."""
    found = Directory()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if place.path == "/authorize":
                self.send_response(302)
                asked = {name: values[0] for name, values in parse_qs(place.query).items()}
                self.send_header("Location", found.code(asked))
                self.end_headers()
            else:
                self._json(found.keys() if place.path == "/keys" else {"preferred_username": found.user})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._json(found.token({name: values[0] for name, values in parse_qs(sent).items()}))

        def _json(self, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()

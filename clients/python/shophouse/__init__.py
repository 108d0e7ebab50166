"""The Shophouse API: what is generated in `generated`, and a thin layer over it.

Tokens refresh themselves, idempotency keys are made, what may be sent again is, lists are read page by page, and refusals are
exceptions with a code.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import httpx

from .generated.api.auth import log_in, switch_shop
from .generated.api.sessions import log_out
from .generated.client import AuthenticatedClient
from .generated.models import Credentials, Logout, Problem, Switch
from .generated.types import UNSET, Unset

__all__ = ["ApiError", "Shophouse", "Tokens", "each", "ok"]

T = TypeVar("T")

BASE = "/api/v1"
# A token is refreshed when it has less time left than this, in seconds.
SOON = 30
# What is to wait longer than so many seconds is not waited for.
LONGEST_WAIT = 30


class ApiError(Exception):
    """A refusal by the server. `code` says why, and does not change between releases."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail}")
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.code)


def ok(answer: T | Problem | None) -> T:
    """What a call gives. Raises `ApiError` when it is refused."""
    if isinstance(answer, Problem):
        raise ApiError(answer)
    if answer is None:
        raise RuntimeError("the server gave no answer of Shophouse")
    return answer


class Page(Protocol[T]):
    data: list[T]
    next_cursor: str | None


def each(list_page: Callable[[str | Unset], Page[T] | Problem | None]) -> Iterator[T]:
    """The rows of a list, page by page: `each(lambda cursor: list_orders.sync(client=shop.client, cursor=cursor))`."""
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = ok(list_page(cursor))
        yield from page.data
        cursor = page.next_cursor


@dataclass(frozen=True)
class Tokens:
    """What keeps somebody signed in. Store it, and hand it back to go on later."""

    access_token: str
    refresh_token: str
    # Seconds since 1970.
    expires_at: float
    # The id or the slug of the shop that the access token is for.
    shop: str | None = None


class Shophouse:
    """One caller: somebody who signed in, or an API key."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        tokens: Tokens | None = None,
        on_tokens: Callable[[Tokens | None], None] | None = None,
        tries: int = 4,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.tokens = tokens
        self._api_key = api_key
        self._on_tokens = on_tokens
        self._tries = tries
        self._lock = threading.RLock()
        self._inner = transport or httpx.HTTPTransport()
        #: For the generated functions: `get_me.sync(client=shop.client)`.
        self.client = AuthenticatedClient(
            base_url=base_url,
            token="",
            timeout=httpx.Timeout(30),
            httpx_args={"transport": _Transport(self)},
        )
        self._base_url = base_url

    def sign_in(self, email: str, password: str, shop: str | None = None) -> None:
        """Signs in, and from then on sends the tokens and keeps them fresh."""
        credentials = Credentials(email=email, password=password, shop=UNSET if shop is None else shop)
        tokens = ok(log_in.sync(client=self.client, body=credentials))
        self._keep(tokens.access_token, tokens.refresh_token, tokens.expires_in, shop)

    def switch_to(self, shop: str) -> None:
        """Goes on in another shop, in the same session."""
        access = ok(switch_shop.sync(client=self.client, body=Switch(shop=shop)))
        if self.tokens is not None:
            self._keep(access.access_token, self.tokens.refresh_token, access.expires_in, shop)

    def sign_out(self) -> None:
        """Ends the session."""
        answer = log_out.sync_detailed(client=self.client, body=Logout())
        if isinstance(answer.parsed, Problem):
            raise ApiError(answer.parsed)
        self._set(None)

    def _keep(self, access: str, refresh: str, expires_in: int, shop: str | None) -> None:
        self._set(Tokens(access, refresh, time.time() + expires_in, shop))

    def _set(self, tokens: Tokens | None) -> None:
        self.tokens = tokens
        if self._on_tokens is not None:
            self._on_tokens(tokens)

    def _renew(self, used: Tokens) -> None:
        """Refreshes once for all threads that wait for it: a refresh token is good for one use."""
        with self._lock:
            if self.tokens != used:
                return
            body = {"refresh_token": used.refresh_token} | ({} if used.shop is None else {"shop": used.shop})
            answer = self._inner.handle_request(httpx.Request("POST", f"{self._base_url}{BASE}/auth/refresh", json=body))
            answer.read()
            if answer.status_code == 200:
                new = answer.json()
                self._keep(new["access_token"], new["refresh_token"], new["expires_in"], used.shop)
            elif answer.status_code == 401:
                self._set(None)


class _Transport(httpx.BaseTransport):
    """Sends requests with a token and a key, and sends them again where that is right."""

    def __init__(self, shop: Shophouse) -> None:
        self._shop = shop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        shop, path = self._shop, request.url.path
        is_auth = path.startswith(f"{BASE}/auth/")
        opens = is_auth and not path.endswith(("/switch", "/logout", "/resend"))
        if request.method == "POST" and not is_auth and "Idempotency-Key" not in request.headers:
            request.headers["Idempotency-Key"] = str(uuid.uuid4())
        is_repeatable = request.method != "POST" or "Idempotency-Key" in request.headers
        tried, renewed = 0, False
        while True:
            tried += 1
            used = None if opens or shop._api_key else shop.tokens
            if used is not None and used.expires_at - time.time() < SOON:
                shop._renew(used)
                used = shop.tokens
            token = shop._api_key or (used.access_token if used else None)
            request.headers.pop("Authorization", None)
            if token is not None and not opens:
                request.headers["Authorization"] = f"Bearer {token}"
            try:
                answer = shop._inner.handle_request(request)
                answer.read()
            except httpx.TransportError:
                if tried >= shop._tries or not is_repeatable:
                    raise
                time.sleep(tried)
                continue
            code = _code(answer)
            if code == "token_expired" and used is not None and not renewed:
                renewed = True
                shop._renew(used)
                continue
            wait = answer.headers.get("Retry-After", "")
            # Too often, or not now; what may have been done is sent again only if it is done once.
            may_retry = code in ("rate_limited", "idempotency_in_progress") or (
                answer.status_code == 503 and (is_repeatable or code not in (None, "outcome_unknown"))
            )
            if tried >= shop._tries or not may_retry or not wait.isdigit() or int(wait) > LONGEST_WAIT:
                return answer
            time.sleep(int(wait))


def _code(answer: httpx.Response) -> str | None:
    if answer.status_code < 400 or answer.headers.get("Content-Type") != "application/problem+json":
        return None
    problem = answer.json()
    return problem.get("code") if isinstance(problem, dict) else None

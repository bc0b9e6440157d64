"""How often somebody may ask, and guess: counts by token, session, address and login, in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter

from api.counters import Counters
from api.problems import Refusal
from infra.settings import Settings

MOST_KNOWN = 20_000
"""So many secrets are remembered as somebody's; it costs one that was forgotten little."""


class Rates:
    """Requests a minute, by token, session or address; signing in is limited more strictly.

    A secret has a count of its own once it was found to be somebody's. Until then its requests count for
    the address, too, so that nobody gets on by making secrets up. Raises Refusal (429) for what is too much.
    """

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._counters = Counters(now)
        self._limiter = FixedWindowRateLimiter(self._counters)
        self._any: RateLimitItem = parse(settings.rate_limit)
        self._sign_in: RateLimitItem = parse(settings.sign_in_limit)
        self._now = now
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def ask(self, address: str, secret: str | None) -> None:
        """Count a request."""
        if secret is None:
            self._hit(self._any, "address", address)
            return
        if not self._is_known(secret):
            self._hit(self._any, "strange", address)
        self._hit(self._any, "secret", secret)

    def identified(self, address: str, secret: str) -> None:
        """Note whose secret it is: the request that said so does not count for the address."""
        if self._is_known(secret):
            return
        with self._lock:
            self._known[secret] = None
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        self._take_back(self._any, "strange", address)

    def try_to_sign_in(self, address: str, login: str) -> None:
        """Count an attempt, for the address and for the login that somebody may be guessing at."""
        self._hit(self._sign_in, "sign-in", address)
        self._hit(self._sign_in, "login", login)

    def signed_in(self, address: str, login: str) -> None:
        """Do not count an attempt that succeeded: a class signs in from one address."""
        self._take_back(self._sign_in, "sign-in", address)
        self._take_back(self._sign_in, "login", login)

    def _is_known(self, secret: str) -> bool:
        with self._lock:
            if secret not in self._known:
                return False
            self._known.move_to_end(secret)
            return True

    def _hit(self, limit: RateLimitItem, *key: str) -> None:
        if self._limiter.hit(limit, *key):
            return
        reset, _ = self._limiter.get_window_stats(limit, *key)
        seconds = max(1, round(reset - self._now()))
        raise Refusal(429, "too_many_requests", {"Retry-After": str(seconds)}, seconds=seconds)

    def _take_back(self, limit: RateLimitItem, *key: str) -> None:
        self._counters.incr(limit.key_for(*key), limit.get_expiry(), -1)

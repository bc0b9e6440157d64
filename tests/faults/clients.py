"""Clients that post challenges and do not give up: each repeats a request until it is answered."""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

RETRY_SECONDS = 0.02
GIVE_UP_SECONDS = 120.0
PAUSE = threading.Event()
"""Never set: waiting on it paces a repeated question."""


@dataclass(slots=True)
class Acknowledged:
    """What the service said yes to: challenge ids by idempotency key."""

    ids: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, key: str, challenge_id: str) -> None:
        """A key that was answered before has to get the same answer."""
        with self.lock:
            assert self.ids.setdefault(key, challenge_id) == challenge_id


class Posters:
    """Threads that post, each one challenge after the other with a pause (seconds), until told to stop."""

    def __init__(self, urls: list[str], token: str, threads: int = 4, pause: float = 0.0) -> None:
        self.acknowledged = Acknowledged()
        self._urls = urls
        self._token = token
        self._pause = pause
        self._stop = threading.Event()
        self._failures: list[BaseException] = []
        self._threads = [threading.Thread(target=self._guarded, args=(n,)) for n in range(threads)]

    def __enter__(self) -> "Posters":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Each finishes what it has begun: an unanswered request is repeated until it is answered."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for failure in self._failures:
            raise failure

    def _guarded(self, number: int) -> None:
        try:
            self._post_on(number)
        except BaseException as failure:  # noqa: BLE001 - it fails the test, in the test's thread
            self._failures.append(failure)

    def _post_on(self, number: int) -> None:
        posted = 0
        with httpx2.Client(timeout=10) as http:
            while not self._stop.is_set():
                key = f"poster-{number}-{posted}"
                self.acknowledged.add(key, self._post(http, number, key))
                posted += 1
                self._stop.wait(self._pause)

    def _post(self, http: httpx2.Client, number: int, key: str) -> str:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        body = challenge_body(key)
        url = self._urls[number % len(self._urls)]
        while True:
            try:
                response = http.post(f"{url}/api/v1/challenges", json=body, headers=headers)
                if response.status_code == httpx2.codes.CREATED:
                    return str(response.json()["id"])
                assert response.status_code in (429, 503), response.text
            except httpx2.TransportError:
                pass
            assert time.monotonic() < deadline, "the service did not come back"
            PAUSE.wait(RETRY_SECONDS)


def challenge_body(title: str) -> dict[str, Any]:
    """An open challenge that both teams of the test market fit."""
    closes = datetime.now(UTC) + timedelta(days=14)
    return {
        "title": title,
        "text": "主轴振动在换刀后明显升高。",
        "language": "zh",
        "industry": "machining",
        "skills": [{"skill": "vibration-analysis", "level": 2}, {"skill": "python", "level": 2}],
        "bids_close_at": closes.replace(microsecond=0, second=0, minute=0).isoformat(),
        "publish": True,
    }

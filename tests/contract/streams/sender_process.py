"""A process that sends what is due, to be killed.

`python -m tests.contract.streams.sender_process DATABASE_URL SMTP_URL`
"""

import sys
import threading

from infra.database import Database
from infra.mail import SmtpMailer, SmtpServer
from infra.unit_of_work import Store
from streams.sender import Sender
from tests.fakes.clock import CountingIds, FakeClock


def main(database_url: str, smtp_url: str) -> None:
    """Send once, at the time at which the tests' clocks start."""
    clock = FakeClock()
    store = Store(Database(database_url), clock, CountingIds())
    mailer = SmtpMailer(SmtpServer.parse(smtp_url), "jiebang@example.com", clock)
    Sender(store, mailer, "https://jiebang.example.com", threading.Event(), lambda: 0.0).send_due()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What the relay reports to a monitoring system."""

from prometheus_client import Counter, Gauge

SENT = Counter("jiebang_relay_sent_total", "Messages that the log acknowledged")
PUT_ASIDE = Counter("jiebang_relay_put_aside_total", "Messages that the log can never take: dead letters")
FAILURES = Counter("jiebang_relay_failures_total", "Times that the relay had to connect anew")
IN_FLIGHT = Gauge("jiebang_relay_in_flight", "Messages sent and not yet acknowledged")
ACTIVE = Gauge("jiebang_relay_active", "1 while this process holds the relay's lock")

"""What the consumers report to a monitoring system."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter(
    "jiebang_stream_messages_total", "Messages taken in for the first time, effects committed", ["consumer"]
)
DUPLICATES = Counter(
    "jiebang_stream_duplicates_total", "Messages that had been taken in before", ["consumer"]
)
DEAD_LETTERS = Counter("jiebang_stream_dead_letters_total", "Messages put aside", ["consumer"])
RETRIES = Counter("jiebang_stream_retries_total", "Attempts that failed for a passing reason", ["consumer"])
PAUSED = Gauge(
    "jiebang_stream_paused", "1 while an event of an unknown type or version holds it up", ["consumer"]
)
LAG = Gauge("jiebang_stream_lag_messages", "Messages in the log that were not taken in yet", ["consumer"])
BATCH_SECONDS = Histogram(
    "jiebang_stream_batch_seconds",
    "From a batch's first attempt to its commit",
    ["consumer"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
DELIVERIES = Counter(
    "jiebang_deliveries_total",
    "Attempts to tell somebody outside: delivered, put_off, given_up or withdrawn",
    ["channel", "outcome"],
)

"""The embedded form at work: threads, a real file, no Kafka."""

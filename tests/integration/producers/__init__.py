"""Tests of the producers with real Kafka and PostgreSQL."""

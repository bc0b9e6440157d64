"""Real Kafka, Elasticsearch and PostgreSQL for development and tests, without containers."""

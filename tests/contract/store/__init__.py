"""Repositories, outbox and transactions, on both databases."""

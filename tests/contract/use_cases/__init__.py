"""What use cases promise, on both databases."""

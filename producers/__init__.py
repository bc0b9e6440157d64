"""What puts messages into Kafka: the relay, the SDK and the bridges."""

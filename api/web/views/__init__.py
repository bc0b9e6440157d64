"""What pages show, as plain values: read models and rankings turned into what templates write."""

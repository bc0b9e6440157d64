"""One processor a file: a batch of events and a unit of work in, rows and events out."""

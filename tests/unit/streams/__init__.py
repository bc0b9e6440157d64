"""Guard, feed and readers without services."""

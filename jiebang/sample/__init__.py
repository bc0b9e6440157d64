"""Sample data: an invented college, its partner schools, factories, teams and what they have done so far."""

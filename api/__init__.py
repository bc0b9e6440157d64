"""The web: REST for programs, pages for people."""

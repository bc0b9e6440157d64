"""Tables in files that people fill in: reading them with every mistake named, writing them, templates."""

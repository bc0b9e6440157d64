"""The pages' routes, a group of pages a file."""

"""Read models, one file each: a question and the frozen dataclasses that answer it."""

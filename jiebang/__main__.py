"""`python -m jiebang` is `jiebang`."""

from jiebang.cli import app

app(prog_name="jiebang")

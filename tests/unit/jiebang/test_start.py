"""What a start does not wait for."""

import subprocess
import sys

NOT_NEEDED = ("alembic", "aiokafka", "elasticsearch", "faust", "kafka", "numba", "rich")


def test_the_embedded_form_loads_nothing_that_only_other_work_needs() -> None:
    program = f"import sys, jiebang.serve; print([name for name in {NOT_NEEDED} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert loaded.stdout == "[]\n"


def test_help_loads_neither_the_web_nor_the_database() -> None:
    program = (
        "import sys, jiebang.cli; "
        "print([name for name in ('fastapi', 'numpy', 'sqlalchemy') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert loaded.stdout == "[]\n"

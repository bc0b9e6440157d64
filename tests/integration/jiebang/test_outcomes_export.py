"""`jiebang outcomes export` over a store with sample data, as somebody runs it."""

import csv
import os
import subprocess
import sys
from pathlib import Path


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jiebang", *arguments]
    environment = os.environ | {"JIEBANG_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=170, check=False)


def test_every_match_with_what_came_of_it(tmp_path: Path) -> None:
    refused = run(tmp_path, "outcomes", "export")
    assert refused.returncode == 2
    assert "jiebang migrate" in refused.stderr
    for command in ("migrate", "seed"):
        done = run(tmp_path, command)
        assert done.returncode == 0, done.stderr
    printed = run(tmp_path, "outcomes", "export")
    assert printed.returncode == 0, printed.stderr
    rows = list(csv.DictReader(printed.stdout.splitlines()))
    assert all(row["bid_at"] for row in rows), "the sample's teams have bid, and nobody was told yet"
    assert any(row["awarded_at"] and row["accepted_at"] for row in rows)
    assert all(row["policy_version"] == "1" for row in rows)
    assert run(tmp_path, "outcomes", "export", "--output", str(tmp_path / "out.csv")).returncode == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == printed.stdout

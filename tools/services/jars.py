"""The published jars of Kafka and Elasticsearch, copied once by Maven into a cache."""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tools.services.errors import MissingTool, ServiceFailed

SOURCES = Path(__file__).with_name("java")
HOW_TO_GET_JAVA = "apt-get install openjdk-17-jdk-headless maven"


def installation(name: str, cache: Path, build: Callable[[Path, Path], object]) -> Path:
    """Return the folder of `name`'s installation in `cache`, made on first use and when its sources change.

    `build(jars, folder)` turns the folder with the runtime jars of `java/NAME/pom.xml` into the installation.
    Raises MissingTool without a Java compiler or Maven, ServiceFailed when Maven fails.
    """
    sources = SOURCES / name
    folder = cache / f"{name}-{_fingerprint(sources)}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Maven's own repository does not like two first downloads at once
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache, prefix=".new-") as scratch:
                jars, fresh = Path(scratch, "jars"), Path(scratch, "installation")
                _copy_jars(sources / "pom.xml", jars)
                fresh.mkdir()
                build(jars, fresh)
                fresh.rename(folder)
    return folder


def java(*, quick: bool) -> list[str]:
    """Return the start of a Java command with a heap of 512 MB; raises MissingTool.

    `quick` starts in two thirds of the time and runs slower once warm: for tests, not for measuring.
    """
    return [_tool("java"), "-Xmx512m", *(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] if quick else [])]


def compile_jar(sources: list[Path], classpath: Path, jar: Path) -> None:
    """Compile Java sources against the jars in the folder `classpath` into `jar`."""
    with tempfile.TemporaryDirectory() as classes:
        run([_tool("javac"), "-nowarn", "-cp", f"{classpath}/*", "-d", classes, *map(str, sources)])
        run([_tool("jar"), "cf", str(jar), "-C", classes, "."])


def run(command: list[str]) -> None:
    """Run a command to its end; raises ServiceFailed with what it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServiceFailed(f"{Path(command[0]).name} failed.\n{(done.stdout + done.stderr).strip()[-2000:]}")


def _copy_jars(pom: Path, folder: Path) -> None:
    tools = [_tool(name) for name in ("mvn", "javac")]
    goal = "dependency:copy-dependencies"
    run([tools[0], "-q", "-B", "-f", str(pom), goal, f"-DoutputDirectory={folder}", "-DincludeScope=runtime"])


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise MissingTool(f"`{name}` is missing; Kafka and Elasticsearch need it: {HOW_TO_GET_JAVA}")
    return path


def _fingerprint(sources: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(sources.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]

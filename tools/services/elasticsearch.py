"""A real Elasticsearch node from the published server jars.

Compared with a full distribution it lacks `GET /`, `_reindex`, update and delete by query, painless and the
percolator; the analysis filters that Jiebang uses come from `java/elasticsearch/CommonAnalysis.java`.
"""

import json
import shutil
import urllib.request
from pathlib import Path

from tools.services import jars
from tools.services.ports import HOST, free_ports
from tools.services.service import Service

DESCRIPTOR = """\
name={name}
description={name}
version={version}
classname={main}
java.version=17
elasticsearch.version={version}
has.native.controller=false
"""


class Elasticsearch(Service):
    """An Elasticsearch node with its data under `directory`, at `url` ("http://127.0.0.1:port")."""

    name = "elasticsearch"

    def __init__(self, directory: Path, jar_cache: Path, *, quick: bool = False) -> None:
        super().__init__(directory, quick=quick)
        self._jar_cache = jar_cache
        self.port, self._transport_port = free_ports(2)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def _prepare(self) -> list[str]:
        home = jars.installation(self.name, self._jar_cache, _build)
        return [
            *[*jars.java(quick=self._quick), "-cp", f"{home}/server/*", "SearchNode"],
            *[str(home), str(self.directory), str(self.port), str(self._transport_port)],
        ]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_cluster/health", timeout=2) as response:  # noqa: S310 - own URL
                return json.load(response)["status"] in {"yellow", "green"}
        except OSError:
            return False


def _build(copied: Path, home: Path) -> None:
    """Lay the jars out as a distribution does: the server's, and the modules with a descriptor each."""
    server, sources = home / "server", jars.SOURCES / Elasticsearch.name
    copied.rename(server)
    version = next(server.glob("elasticsearch-[0-9]*.jar")).stem.removeprefix("elasticsearch-")
    analysis = _module(home, "analysis-common", "local.analysis.CommonAnalysis", version)
    jars.compile_jar([sources / "CommonAnalysis.java"], server, analysis / "analysis-common.jar")
    jars.compile_jar([sources / "SearchNode.java"], server, server / "search-node.jar")
    netty = _module(home, "transport-netty4", "org.elasticsearch.transport.netty4.Netty4Plugin", version)
    for jar in [*server.glob("netty-*.jar"), *server.glob("transport-netty4-*.jar")]:
        jar.rename(netty / jar.name)
    (home / "config").mkdir()
    shutil.copy(sources / "log4j2.properties", home / "config")
    (home / "plugins").mkdir()


def _module(home: Path, name: str, main: str, version: str) -> Path:
    folder = home / "modules" / name
    folder.mkdir(parents=True)
    descriptor = DESCRIPTOR.format(name=name, main=main, version=version)
    (folder / "plugin-descriptor.properties").write_text(descriptor)
    return folder

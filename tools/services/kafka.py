"""A real Kafka broker: KRaft, one node that is broker and controller."""

import base64
import uuid
from pathlib import Path

from tools.services import jars
from tools.services.ports import HOST, free_ports, is_listening
from tools.services.service import Service

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
"""


class Kafka(Service):
    """A Kafka broker with its data under `directory`; clients bootstrap from `url` ("127.0.0.1:port")."""

    name = "kafka"

    def __init__(self, directory: Path, jar_cache: Path, *, quick: bool = False) -> None:
        super().__init__(directory, quick=quick)
        self._jar_cache = jar_cache
        self.port, self._controller_port = free_ports(2)

    @property
    def url(self) -> str:
        return f"{HOST}:{self.port}"

    def _prepare(self) -> list[str]:
        lib = jars.installation(
            self.name, self._jar_cache, lambda copied, folder: copied.rename(folder / "lib")
        )
        log4j = jars.SOURCES / self.name / "log4j2.xml"
        java = [*jars.java(quick=self._quick), f"-Dlog4j2.configurationFile={log4j}", "-cp", f"{lib}/lib/*"]
        data, properties = self.directory / "data", self.directory / "server.properties"
        properties.write_text(
            PROPERTIES.format(host=HOST, port=self.port, controller_port=self._controller_port, data=data)
        )
        if not (data / "meta.properties").exists():
            cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            jars.run(
                [
                    *java,
                    "kafka.tools.StorageTool",
                    "format",
                    f"--cluster-id={cluster_id}",
                    "-c",
                    str(properties),
                ]
            )
        return [*java, "kafka.Kafka", str(properties)]

    def _answers(self) -> bool:
        if not is_listening(self.port):  # the client would retry, and leave its failed sockets open
            return False
        from kafka import KafkaAdminClient  # takes longer to import than everything else here
        from kafka.errors import KafkaError

        try:
            admin = KafkaAdminClient(bootstrap_servers=self.url, request_timeout_ms=2000)
        except KafkaError:
            return False
        try:
            return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            admin.close()

"""The real Kafka, Elasticsearch and PostgreSQL keep their data through kill -9."""

import json
import urllib.request
from collections.abc import Callable

import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from tools.services.elasticsearch import Elasticsearch
from tools.services.kafka import Kafka
from tools.services.postgres import Postgres
from tools.services.service import start_all


def request(method: str, url: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310 - the local node
    with urllib.request.urlopen(call, timeout=30) as response:  # noqa: S310 - the local node
        answer: dict[str, object] = json.load(response)
    return answer


def plain(url: str) -> str:
    """Return psycopg's own form of a SQLAlchemy URL."""
    return url.replace("+psycopg", "")


def send(kafka: Kafka, topic: str, value: bytes) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka.url)
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka.url, acks="all")
    producer.send(topic, value).get(timeout=30)
    producer.close()


def first_value(kafka: Kafka, topic: str) -> bytes:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=kafka.url, auto_offset_reset="earliest", consumer_timeout_ms=30_000
    )
    try:
        return bytes(next(consumer).value)
    finally:
        consumer.close()


def test_what_was_acknowledged_outlives_a_kill(
    kafka_service: Kafka,
    elasticsearch_service: Elasticsearch,
    postgres_service: Postgres,
    postgres_url: str,
    unique_name: Callable[[str], str],
) -> None:
    services = [kafka_service, elasticsearch_service, postgres_service]
    topic, document = unique_name("topic"), f"{elasticsearch_service.url}/{unique_name('index')}/_doc/1"
    send(kafka_service, topic, "振动".encode())
    request("PUT", document, {"title": "振动"})
    with psycopg.connect(plain(postgres_url)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '振动' AS title")

    for service in services:
        service.kill()
    start_all(services)

    assert first_value(kafka_service, topic) == "振动".encode()
    assert request("GET", document)["_source"] == {"title": "振动"}
    with psycopg.connect(plain(postgres_url)) as connection:
        assert connection.execute("SELECT title FROM kept").fetchone() == ("振动",)


def test_elasticsearch_has_the_analysis_that_the_catalogue_uses(elasticsearch_service: Elasticsearch) -> None:
    analysis = {
        "tokenizer": "standard",
        "filter": ["cjk_width", "lowercase", "porter_stem"],
        "text": "ＣＮＣ刀具 bearings",
    }
    answer = request("POST", f"{elasticsearch_service.url}/_analyze", analysis)
    tokens = answer["tokens"]
    assert isinstance(tokens, list)
    assert [token["token"] for token in tokens] == ["cnc", "刀", "具", "bear"]


def test_every_test_gets_an_empty_database(postgres_service: Postgres, postgres_url: str) -> None:
    with psycopg.connect(plain(postgres_url)) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    copy = postgres_service.create_database("copy-of-a-template", template=postgres_url.rpartition("/")[2])
    with psycopg.connect(plain(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    postgres_service.drop_database("copy-of-a-template")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain(copy))


def test_text_compares_by_code_point_and_folds_case_in_every_language(postgres_url: str) -> None:
    with psycopg.connect(plain(postgres_url)) as connection:
        assert connection.execute("SELECT 'b' > 'a', 'a' > 'B', lower('ÄÉ')").fetchone() == (True, True, "äé")

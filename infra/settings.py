"""What an operator may set, by environment variables that start with JIEBANG_."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.contacts import check_email
from domain.errors import Invalid
from infra.mail import SmtpServer
from infra.scanner import ClamdAddress

_POSTGRESQL = re.compile(r"postgresql(\+psycopg)?://")


class Settings(BaseSettings):
    """The product's settings; the three service addresses are given together or not at all.

    Without them it runs embedded: one process and one SQLite file below `home`.
    """

    model_config = SettingsConfigDict(env_prefix="JIEBANG_", extra="forbid")

    home: Path = Path(".jiebang")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str | None = None
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None

    database_url: SecretStr | None = None
    kafka: str | None = None
    elasticsearch: str | None = None

    topic_prefix: str = "jiebang"
    index_prefix: str = "jiebang"
    partitions: Annotated[int, Field(ge=1, le=1000)] = 12
    generations: dict[str, Annotated[int, Field(ge=1)]] = {}

    sent_retention_days: Annotated[int, Field(ge=1)] = 7

    rate_limit: str = "600/minute"
    sign_in_limit: str = "10/minute"
    most_body_bytes: Annotated[int, Field(ge=1024)] = 1024 * 1024
    most_upload_bytes: Annotated[int, Field(ge=1024)] = 20 * 1024 * 1024
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]", "testserver")
    samples: bool = True
    sample_data: bool = False

    clamd: str | None = None

    smtp_url: SecretStr | None = None
    mail_from: str = "jiebang@localhost"

    @field_validator("elasticsearch")
    @classmethod
    def _a_node(cls, url: str | None) -> str | None:
        if url and not re.match(r"https?://[^/]+:\d+(/|$)", url):
            raise ValueError("the node's address with its port, such as http://127.0.0.1:9200")
        return url

    @field_validator("rate_limit", "sign_in_limit")
    @classmethod
    def _a_rate(cls, limit: str) -> str:
        if not re.fullmatch(r"[1-9]\d*/(second|minute|hour|day)", limit):
            raise ValueError("a number of requests and a time, such as 600/minute")
        return limit

    @field_validator("clamd")
    @classmethod
    def _a_scanner(cls, address: str | None) -> str | None:
        if address is not None:
            ClamdAddress.parse(address)
        return address

    @field_validator("smtp_url")
    @classmethod
    def _an_smtp_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            SmtpServer.parse(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _an_email_address(cls, address: str) -> str:
        try:
            check_email(address)
        except Invalid:
            raise ValueError("mail comes from an address alone, such as jiebang@example.com") from None
        return address

    @model_validator(mode="after")
    def _mail_leads_somewhere(self) -> Self:
        if self.smtp_url is not None and not (self.public_url or "").startswith(("http://", "https://")):
            raise ValueError(
                "Mail links to these pages: beside JIEBANG_SMTP_URL, set JIEBANG_PUBLIC_URL to the address "
                "that people use, such as https://jiebang.example.com"
            )
        return self

    @model_validator(mode="after")
    def _one_of_two_forms(self) -> Self:
        services = {
            "JIEBANG_DATABASE_URL": self.database_url,
            "JIEBANG_KAFKA": self.kafka,
            "JIEBANG_ELASTICSEARCH": self.elasticsearch,
        }
        missing = [name for name, value in services.items() if not value]
        if missing and len(missing) < len(services):
            raise ValueError(
                "Jiebang runs embedded (none of the three services) or scaled (all of them): "
                f"also set {' and '.join(missing)}, or unset the others."
            )
        if self.database_url and not _POSTGRESQL.match(self.database_url.get_secret_value()):
            raise ValueError(
                "JIEBANG_DATABASE_URL has to name a PostgreSQL database (postgresql+psycopg://...): "
                "the scaled form's processes write side by side, which SQLite cannot."
            )
        return self

    @property
    def scaled(self) -> bool:
        """Whether the three services are set."""
        return self.kafka is not None

    @property
    def reached_by_others(self) -> bool:
        """Whether people on other machines can: it listens beyond this one, or has a public address."""
        public = urlsplit(self.public_url).hostname if self.public_url else None
        return not _is_loopback(self.host) or (public is not None and not _is_loopback(public))

    @property
    def store_url(self) -> str:
        """Where the rows are, as SQLAlchemy takes it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.home / 'jiebang.sqlite3').absolute()}"

    @property
    def inbox_retention_days(self) -> int:
        """How long a claim is kept: a day longer than the topics keep its message, which may come again."""
        return self.sent_retention_days + 1

    @property
    def events_topic(self) -> str:
        return f"{self.topic_prefix}.events"

    @property
    def intake_topic(self) -> str:
        return f"{self.topic_prefix}.intake"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""How an SMTP server is named."""

import pytest
from pydantic import ValidationError

from infra.mail import SmtpServer
from infra.settings import Settings


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", SmtpServer("smtp", "mail", 25, None, "")),
        ("smtp+starttls://mail.example.com/", SmtpServer("smtp+starttls", "mail.example.com", 587, None, "")),
        ("smtps://[::1]", SmtpServer("smtps", "::1", 465, None, "")),
        (
            "smtps://me%40example.com:p%40ss%2F@m:1465",
            SmtpServer("smtps", "m", 1465, "me@example.com", "p@ss/"),
        ),
    ],
)
def test_ports_and_credentials_may_be_left_out(url: str, server: SmtpServer) -> None:
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url", ["", "mail:25", "http://mail", "smtp://", "smtp://u:secret@mail:99999", "smtp://u:secret@mail/x"]
)
def test_what_names_no_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP") as error:
        SmtpServer.parse(url)
    assert "secret" not in str(error.value)


def refusal(**settings: str) -> str:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate(settings)
    (wrong,) = error.value.errors()
    return str(wrong["msg"])


def test_mail_needs_an_address_to_lead_to_and_one_to_come_from() -> None:
    assert "JIEBANG_PUBLIC_URL" in refusal(smtp_url="smtp://mail")
    assert "JIEBANG_PUBLIC_URL" in refusal(smtp_url="smtp://mail", public_url="jiebang.example.com")
    assert "smtps://" in refusal(smtp_url="mail:25", public_url="https://jiebang.example.com")
    assert "an address alone" in refusal(mail_from="Jiebang <jiebang@example.com>")
    Settings.model_validate({"smtp_url": "smtp://mail", "public_url": "https://jiebang.example.com"})

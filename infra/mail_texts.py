"""What mails say, in both languages: the sentence of the inbox, what it is about, and where to read on."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.contacts import Language
from domain.notices import Notice
from infra.mail import Letter
from infra.queries.mail_lines import MailLine


class Sentence(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """One of the two."""
        return self.zh if language == "zh" else self.en


SENTENCES: Mapping[Notice, Sentence] = {
    Notice.CHALLENGE_FITS: Sentence("有难题适合你们", "A notice fits your team"),
    Notice.BID_RECEIVED: Sentence("有团队竞榜", "A team has bid"),
    Notice.BID_REVISED: Sentence("有团队改了方案", "A team has changed its bid"),
    Notice.BID_AWARDED: Sentence("你们揭榜了，项目开始", "Your team won. The project has begun"),
    Notice.BID_RESERVED: Sentence("你们的方案留作备选", "Your bid is kept in reserve"),
    Notice.BID_DECLINED: Sentence(
        "你们的方案没选上，看看工厂怎么说", "Your bid was not chosen. Read what the plant says"
    ),
    Notice.MILESTONE_SUBMITTED: Sentence("里程碑等你签字", "A milestone waits for your signature"),
    Notice.MILESTONE_SIGNED: Sentence("里程碑两位导师都签了", "Both mentors signed a milestone"),
    Notice.MILESTONE_RETURNED: Sentence("里程碑退回修改", "A milestone came back for rework"),
    Notice.MILESTONE_OVERDUE: Sentence("里程碑超期了", "A milestone is late"),
    Notice.PROJECT_DELIVERED: Sentence("已交付，等你验收", "Delivered: it waits for your acceptance"),
    Notice.PROJECT_ACCEPTED: Sentence("工厂验收了你们的成果", "The plant accepted your work"),
    Notice.PROJECT_STOPPED: Sentence("项目停了，看看原因", "A project was stopped. Read why"),
    Notice.TEAM_INVITATION: Sentence("有团队请你加入", "A team asks you to join"),
}
"""The inbox's own sentences; a test holds them together."""

SUBJECT = Sentence("{sentence}（{label}）", "{sentence} ({label})")
TEXT = Sentence(
    "{sentence}。\n\n{about}\n{link}\n\n不想再收邮件，到这里关掉：{account}\n",
    "{sentence}.\n\n{about}\n{link}\n\nTo stop these mails: {account}\n",
)


def letter_of(delivery_id: str, line: MailLine, public_url: str) -> Letter:
    """The letter; its link leads through the reader's inbox, and so past the sign-in, to the thing itself."""
    address = public_url.rstrip("/")
    number = None if line.number is None else f"J-{line.number:04d}"
    told = {
        "sentence": SENTENCES[line.notice].in_language(line.language),
        "label": number or line.title,
        "about": " ".join(part for part in (number, line.title) if part),
        "link": f"{address}/inbox/{line.line_id}",
        "account": f"{address}/account",
    }
    return Letter(
        id=delivery_id,
        to=line.email,
        subject=SUBJECT.in_language(line.language).format_map(told),
        text=TEXT.in_language(line.language).format_map(told),
        language=line.language,
    )

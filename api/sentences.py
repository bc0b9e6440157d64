"""What people read when a rule is broken, in both languages: what happened, and what to do.

`{names}` are filled from the error's details. Every code of a DomainError has a sentence; a `reason` in the
details selects a more precise one.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from domain.errors import DomainError

Language = Literal["zh", "en"]


class Sentence(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """One of the two."""
        return self.zh if language == "zh" else self.en


TITLES: Mapping[str, Sentence] = {
    "invalid": Sentence("内容有误", "The input is not valid"),
    "not_found": Sentence("没有找到", "Not found"),
    "not_allowed": Sentence("没有权限", "Not allowed"),
    "wrong_state": Sentence("现在不能这样做", "Not possible in this state"),
    "conflict": Sentence("有冲突", "Conflict"),
    "already_posted": Sentence("这个来源已发过", "This source was posted before"),
    "stale": Sentence("内容已被改过", "It has changed since you read it"),
    "gate_failed": Sentence("未过必备条件", "A must-have is missing"),
    "mentor_full": Sentence("导师已满", "The mentor is full"),
    "weak_password": Sentence("密码太容易猜", "The password is easy to guess"),
    "login_taken": Sentence("登录名已被占用", "The login is taken"),
    "mentor_elsewhere": Sentence("导师来自别的单位", "The mentor belongs elsewhere"),
    "terms_not_accepted": Sentence("先接受保密条款", "The terms are not accepted yet"),
    "unknown_skill": Sentence("没有这项技能", "Unknown skill"),
    "skill_name_taken": Sentence("名称已被占用", "The name is taken"),
    "invalid_level": Sentence("等级不对", "Invalid level"),
    "invalid_weight": Sentence("权重不对", "Invalid weight"),
    "invalid_hours": Sentence("工时不对", "Invalid hours"),
    "empty_need": Sentence("没有写技能", "No skills are asked for"),
    "repeated_skill": Sentence("技能重复", "A skill is named twice"),
    "invalid_policy": Sentence("评分规则不对", "Invalid policy"),
    "invalid_limit": Sentence("数量不对", "Invalid limit"),
    "invalid_cursor": Sentence("翻页标记不对", "Invalid cursor"),
    "not_in_replica": Sentence("现在不参加匹配", "Not matched now"),
    "below_floor": Sentence("算不出名次", "The rank is not known"),
    "invalid_instance": Sentence("分配数据有误", "The allocation's data is not valid"),
    "preferences_missing": Sentence("缺少导师的志愿", "A lecturer's preferences are missing"),
    "invalid_team_rules": Sentence("组队条件有误", "The rules for the team are not valid"),
    "no_team_possible": Sentence("组不成队", "No team is possible"),
    "rejected": Sentence("消息没有收下", "The message was not accepted"),
    "not_signed_in": Sentence("请先登录", "Sign in first"),
    "precondition_required": Sentence("缺少 If-Match", "If-Match is missing"),
    "unknown_etag": Sentence("If-Match 不对", "If-Match names no version"),
    "malformed": Sentence("请求读不懂", "The request cannot be read"),
    "method_not_allowed": Sentence("不支持这个方法", "Method not allowed"),
    "unknown_host": Sentence("域名不对", "Unknown host"),
    "unknown_parameter": Sentence("没有这个参数", "Unknown parameter"),
    "too_many_followers": Sentence("实时连接已满", "Too many live pages"),
    "sign_in_failed": Sentence("登录名或密码不对", "Wrong login or password"),
    "empty_file": Sentence("文件是空的", "The file is empty"),
    "file_type": Sentence("不收这种文件", "This kind of file is not accepted"),
    "infected_file": Sentence("文件有病毒", "The file is infected"),
    "broken_picture": Sentence("图片打不开", "The picture cannot be read"),
    "too_many_parameters": Sentence("参数太多", "Too many parameters"),
    "key_reused": Sentence("Idempotency-Key 已用过", "The Idempotency-Key was used before"),
    "too_large": Sentence("内容太大", "The body is too large"),
    "too_many_requests": Sentence("请求太频繁", "Too many requests"),
    "cross_site": Sentence("请求来自别的网站", "The request came from another site"),
    "unavailable": Sentence("暂时不可用", "Temporarily unavailable"),
    "internal": Sentence("服务出错", "Something went wrong here"),
    "http": Sentence("请求有误", "The request is not valid"),
}

DETAILS: Mapping[str, Sentence] = {
    "invalid": Sentence("按提示改正后再发。", "Correct the named field and send it again."),
    "not_found": Sentence(
        "它不存在，或者你看不到它。核对编号。", "It does not exist, or is not for you. Check the id."
    ),
    "not_allowed": Sentence(
        "你能看到它，但这件事要由别人来做。", "You may see it, but somebody else has to do this."
    ),
    "wrong_state": Sentence(
        "它的状态是 {state}。刷新后看看能做什么。",
        "Its state is {state}. Read it again to see what can be done.",
    ),
    "conflict": Sentence("刷新后再试一次。", "Read it again, then retry."),
    "already_posted": Sentence(
        "它就是难题 {label}（{state}）。要改，打开 /challenges/{id} 改那一道，不用再发。",
        "It is challenge {label} ({state}). To change it, open /challenges/{id}; do not post it again.",
    ),
    "stale": Sentence(
        "现在是第 {version} 版。重新读取，再改一次。",
        "It is at version {version} now. Read it again and repeat your change.",
    ),
    "gate_failed": Sentence(
        "队伍还缺必备条件。看匹配理由里缺什么，补上后再竞榜。",
        "Your team lacks a must-have. The match's reasons say which; fill it, then bid.",
    ),
    "mentor_full": Sentence(
        "这位导师最多带 {capacity} 个项目，已经满了。换一位导师。",
        "This mentor takes {capacity} projects and has them. Choose another mentor.",
    ),
    "weak_password": Sentence(
        "这个密码太常见，别人容易猜到。换一个，例如几个词连在一起。",
        "This one is common, and others try it first. Take another, such as a few words in a row.",
    ),
    "login_taken": Sentence(
        "已经有人用 {login} 登录。换一个登录名。",
        "Somebody signs in as {login} already. Choose another login.",
    ),
    "mentor_elsewhere": Sentence(
        "校内导师要来自队员的学校，企业导师要来自发榜的工厂。换一位导师。",
        "A school mentor is of a school of the team, an enterprise mentor of the factory. Choose another.",
    ),
    "terms_not_accepted": Sentence(
        "先接受这道难题的保密条款，再竞榜。",
        "Accept the terms of this confidential challenge first, then bid.",
    ),
    "unknown_skill": Sentence(
        "技能目录里没有 {skill}。在 /api/v1/skills 查代码。",
        "There is no skill {skill}. Look its code up at /api/v1/skills.",
    ),
    "invalid_level": Sentence("等级是 {lowest} 到 {highest}。", "A level is {lowest} to {highest}."),
    "invalid_weight": Sentence("权重要大于 0。", "A weight is a number above 0."),
    "invalid_hours": Sentence("每周工时不能小于 0。", "Weekly hours are a number of at least 0."),
    "empty_need": Sentence("至少写一项技能。", "Name at least one skill."),
    "skill_name_taken": Sentence(
        "“{name}”已属于技能 {owner}，换一个叫法。",
        "{name} already belongs to the skill {owner}. Use another.",
    ),
    "repeated_skill": Sentence("{skill} 写了两次，留一个。", "{skill} is named twice; keep one."),
    "invalid_policy": Sentence("检查权重和系数。", "Check the weights and factors."),
    "invalid_limit": Sentence("数量至少是 {lowest}。", "The limit is at least {lowest}."),
    "invalid_cursor": Sentence("从第一页重新开始。", "Start again from the first page."),
    "not_in_replica": Sentence(
        "它没有在竞榜，或者消息还没有传到。稍后再看。",
        "It is not open, or its news has not arrived. Look again in a moment.",
    ),
    "below_floor": Sentence("多看几名再比。", "Ask for more places and compare again."),
    "invalid_instance": Sentence(
        "核对 {value}：编号要存在、不能重复，容量不能小于 0。",
        "Check {value}: ids exist and come once, and no capacity is below 0.",
    ),
    "preferences_missing": Sentence(
        "补上 {lecturer} 的志愿，或换一种分配办法。",
        "Add the preferences of {lecturer}, or choose another policy.",
    ),
    "invalid_team_rules": Sentence("核对人数和必选、互斥的人。", "Check the size, and who is in or apart."),
    "no_team_possible": Sentence(
        "放宽人数、学校、角色或工时。", "Relax the size, the schools, the roles or the hours."
    ),
    "rejected": Sentence("按提示改正后再发。", "Correct what is named and send it again."),
    "not_signed_in": Sentence(
        "带上有效的令牌：Authorization: Bearer TOKEN，或先登录。",
        "Send a valid token (Authorization: Bearer TOKEN), or sign in.",
    ),
    "precondition_required": Sentence(
        "先读取，再把它的 ETag 放进 If-Match。", "Read it first and send its ETag as If-Match."
    ),
    "unknown_etag": Sentence(
        "重新读取，原样使用它的 ETag。", "Read it again and send its ETag exactly as it came."
    ),
    "malformed": Sentence("核对内容的格式（JSON、UTF-8）。", "Check the body's form: JSON in UTF-8."),
    "method_not_allowed": Sentence(
        "这个地址不接受 {method}，可用的见 Allow。", "{method} is not for this address; Allow says what is."
    ),
    "unknown_host": Sentence(
        "用管理员给的地址访问；管理员在 JIEBANG_TRUSTED_HOSTS 里加上 {host}。",
        "Use the address you were given. An operator adds {host} to JIEBANG_TRUSTED_HOSTS.",
    ),
    "unknown_parameter": Sentence(
        "没有参数 {parameter}。可用的有：{known}。",
        "There is no parameter {parameter}. There are: {known}.",
    ),
    "too_many_followers": Sentence(
        "这个进程的实时连接已满，等 10 秒再连。",
        "This process follows as many pages as it can. Try again in 10 s.",
    ),
    "sign_in_failed": Sentence("核对后再试。", "Check both and try again."),
    "empty_file": Sentence("选一个有内容的文件。", "Choose a file that has contents."),
    "file_type": Sentence("这是 {found}。可以上传：{accepted}。", "It is {found}. You can send {accepted}."),
    "infected_file": Sentence(
        "扫描发现 {found}，文件没有收下。先在自己的电脑上查毒。",
        "The scanner found {found}, so the file was not taken. Check your own device first.",
    ),
    "broken_picture": Sentence(
        "重新拍一张，或存成像素更少的 JPEG、PNG（最多 {most} 像素）。",
        "Take it again, or save it as a smaller JPEG or PNG (at most {most} pixels).",
    ),
    "too_many_parameters": Sentence("最多 {most} 个参数。", "At most {most} parameters are read."),
    "key_reused": Sentence(
        "同一个 Idempotency-Key 发了不同的内容。换一个。",
        "This Idempotency-Key came with another body before. Use a new one.",
    ),
    "too_large": Sentence(
        "最多 {most} 字节。删短后再发。", "At most {most} bytes are accepted. Shorten it and send it again."
    ),
    "too_many_requests": Sentence("等 {seconds} 秒再试。", "Try again in {seconds} seconds."),
    "cross_site": Sentence("从本站的页面操作。", "Use this site's own pages."),
    "unavailable": Sentence("数据没有丢，稍后再试。", "Nothing was lost. Try again in a few seconds."),
    "internal": Sentence(
        "已经记下来了。把编号 {request_id} 告诉管理员。",
        "It was logged. Give the administrator the number {request_id}.",
    ),
    "http": Sentence("核对地址、方法和内容。", "Check the address, the method and the body."),
}

REASONS: Mapping[str, Sentence] = {
    "a confidential challenge needs one": Sentence(
        "保密难题要写一段可公开的摘要。", "A confidential challenge needs a teaser that all may read."
    ),
    "a day that is past": Sentence("这一天已经过去。", "This day is past."),
    "already signed": Sentence("你这一方已经签过字。", "Your side has signed already."),
    "another organisation's": Sentence("它属于别的单位。", "It belongs to another organisation."),
    "another edition of the terms": Sentence(
        "条款已更新。重新读取难题，再接受新的条款。",
        "The terms have changed. Read the challenge again, then accept them.",
    ),
    "at least one": Sentence("至少要一项。", "At least one is needed."),
    "both are to be included": Sentence(
        "同一对人不能既必选又互斥。", "The same two cannot be included and kept apart."
    ),
    "requeued already": Sentence("已经重发过了。", "It was sent through again already."),
    "empty": Sentence("不能为空。", "It cannot be empty."),
    "in the past": Sentence("要晚于现在。", "It has to lie in the future."),
    "level": Sentence("等级是 {lowest} 到 {highest}。", "A level is {lowest} to {highest}."),
    "milestones": Sentence("里程碑要 {least} 到 {most} 个。", "A plan has {least} to {most} milestones."),
    "negative": Sentence("不能小于 0。", "It cannot be negative."),
    "not an e-mail address": Sentence(
        "写成 name@example.com 这样，只用英文字母、数字和符号。",
        "Give an address like name@example.com, in Latin letters, digits and signs.",
    ),
    "capacity of a mentor": Sentence(
        "导师要写同时带几个项目，1 到 {most}；其他人不写。",
        "For a mentor, say how many projects they take at once, 1 to {most}; for others leave it out.",
    ),
    "not a line": Sentence(
        "写成一行，最多 {most} 个字符。", "Write it in one line of at most {most} characters."
    ),
    "not a login": Sentence(
        "登录名用小写英文字母、数字和 . _ @ -，以字母或数字开头，最多 100 个字符。",
        "Use small Latin letters, digits and . _ @ -, a letter or digit first, at most 100 characters.",
    ),
    "only an administrator makes another": Sentence(
        "只有平台管理员能添加平台管理员。", "Only an administrator of the platform makes another."
    ),
    "not a role of this kind of organisation": Sentence(
        "这类单位没有这个角色。", "This kind of organisation has no such role."
    ),
    "not a local code": Sentence(
        "编号写成 local- 加小写字母、数字和连字符，例如 local-enamel-firing。",
        "Write the code as local- with small letters, digits and hyphens, like local-enamel-firing.",
    ),
    "only a factory posts challenges": Sentence("只有工厂能发榜。", "Only a factory posts challenges."),
    "only later": Sentence(
        "已发榜的截止时间只能推后。", "The deadline of an open challenge only moves later."
    ),
    "the captain hands over first": Sentence(
        "先把队长交给别的队员，再退出。", "Make another member the captain first, then leave."
    ),
    "no member": Sentence("队长要从队员里选。", "Choose one of the members."),
    "only a member": Sentence("只有队员能做。", "Only a member can do this."),
    "locked in a running project": Sentence(
        "名单已锁定，项目还在做。请队长先解锁。",
        "The roster is locked and a project runs. Ask the captain to unlock it first.",
    ),
    "only who answers for the project": Sentence(
        "只有工厂、学校或平台的管理员能停项目。",
        "An administrator of the plant, the school or the platform stops a project.",
    ),
    "only the captain": Sentence("只有队长能做。", "Only the captain can do this."),
    "only the project's mentors": Sentence("只有项目的两位导师能做。", "Only the project's two mentors can."),
    "only the project's team and mentors": Sentence(
        "只有项目的队员和导师能做。", "Only the project's team and mentors can do this."
    ),
    "only the project's team": Sentence("只有项目的队员能做。", "Only the project's team can do this."),
    "the captain is a member": Sentence("队长必须在队里。", "The captain has to be a member."),
    "only the student": Sentence("只有学生本人能做。", "Only the student themselves can do this."),
    "only the team and its schools": Sentence(
        "只有队员和他们的学校能看。", "Only the team and its schools can see this."
    ),
    "this team has bid already": Sentence(
        "你们已经竞过榜，去修改原来的方案。", "Your team has bid already. Revise that bid."
    ),
    "too short a password": Sentence("至少 {least} 个字符。", "At least {least} characters."),
    "too long a password": Sentence("最多 {most} 个字符。", "At most {most} characters."),
    "too many": Sentence("最多 {most} 个。", "At most {most}."),
    "unknown trade": Sentence("没有工种 {trade}。", "There is no trade {trade}."),
}


STATES: Mapping[str, Sentence] = {
    "accepted": Sentence("已验收", "accepted"),
    "active": Sentence("进行中", "active"),
    "awarded": Sentence("已揭榜", "awarded"),
    "cancelled": Sentence("已撤回", "cancelled"),
    "closed_unawarded": Sentence("流榜", "closed without an award"),
    "declined": Sentence("未中榜", "declined"),
    "delivered": Sentence("已交付", "delivered"),
    "draft": Sentence("草稿", "draft"),
    "in_progress": Sentence("进行中", "in progress"),
    "in_review": Sentence("待审", "in review"),
    "judging": Sentence("评审中", "being judged"),
    "locked": Sentence("已锁定", "locked"),
    "open": Sentence("竞榜中", "open"),
    "planned": Sentence("未提交", "planned"),
    "planning": Sentence("筹备中", "planning"),
    "reserved": Sentence("备选", "in reserve"),
    "returned": Sentence("已退回", "returned"),
    "revised": Sentence("已修改", "revised"),
    "shortlisted": Sentence("入围", "shortlisted"),
    "signed": Sentence("已签字", "signed"),
    "stopped": Sentence("已停止", "stopped"),
    "submitted": Sentence("已提交", "submitted"),
    "sustained": Sentence("已固化", "sustained"),
    "unlocked": Sentence("未锁定", "unlocked"),
    "withdrawn": Sentence("已撤回", "withdrawn"),
}


class Kept(dict[str, object]):
    """Leaves a name in place that has no value, rather than fail while telling of a failure."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def title(code: str, language: Language) -> str:
    """What happened, in three or four words."""
    return TITLES.get(code, TITLES["http"]).in_language(language)


def detail(code: str, language: Language, details: Mapping[str, object]) -> str:
    """What to do; the `reason` in `details` is more precise than the code."""
    sentence = REASONS.get(str(details.get("reason"))) or DETAILS.get(code, DETAILS["http"])
    told = {name: _told(name, value, language) for name, value in details.items()}
    return sentence.in_language(language).format_map(Kept(told))


def explain(error: DomainError, language: Language) -> str:
    """The sentence for an error of the domain."""
    return detail(error.code, language, error.details)


def _told(name: str, value: object, language: Language) -> object:
    known = STATES.get(str(value)) if name == "state" else None
    return known.in_language(language) if known else value

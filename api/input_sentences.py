"""What people read when an input has another form than the OpenAPI document says, in both languages.

By the type of pydantic's error; `{names}` are filled from its context.
"""

from collections.abc import Mapping

from api.sentences import Kept, Language, Sentence

SENTENCES: Mapping[str, Sentence] = {
    "missing": Sentence("缺少这一项。", "It is missing."),
    "extra_forbidden": Sentence("没有这一项，去掉它。", "There is no such field. Leave it out."),
    "json_invalid": Sentence("不是有效的 JSON：{error}。", "It is not valid JSON: {error}."),
    "model_attributes_type": Sentence("要写成 JSON 对象。", "It has to be a JSON object."),
    "model_type": Sentence("要写成 JSON 对象。", "It has to be a JSON object."),
    "dict_type": Sentence("要写成 JSON 对象。", "It has to be a JSON object."),
    "list_type": Sentence("要写成 JSON 数组。", "It has to be a JSON array."),
    "tuple_type": Sentence("要写成 JSON 数组。", "It has to be a JSON array."),
    "set_type": Sentence("要写成 JSON 数组。", "It has to be a JSON array."),
    "frozen_set_type": Sentence("要写成 JSON 数组。", "It has to be a JSON array."),
    "string_type": Sentence("要写成文字。", "It has to be a text."),
    "string_too_short": Sentence("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": Sentence("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": Sentence("格式要符合 {pattern}。", "It has to match {pattern}."),
    "string_unicode": Sentence("有无法保存的字符。", "It has characters that cannot be stored."),
    "string_sub_type": Sentence("要写成文字。", "It has to be a text."),
    "int_type": Sentence("要写成整数。", "It has to be a whole number."),
    "int_from_float": Sentence("要写成整数。", "It has to be a whole number."),
    "int_parsing": Sentence("要写成整数。", "It has to be a whole number."),
    "int_parsing_size": Sentence("数字太大。", "The number is too large."),
    "float_type": Sentence("要写成数字。", "It has to be a number."),
    "float_parsing": Sentence("要写成数字。", "It has to be a number."),
    "finite_number": Sentence("要写成有限的数字。", "It has to be a finite number."),
    "bool_type": Sentence("写 true 或 false。", "It has to be true or false."),
    "bool_parsing": Sentence("写 true 或 false。", "It has to be true or false."),
    "greater_than": Sentence("要大于 {gt}。", "It has to be above {gt}."),
    "greater_than_equal": Sentence("不能小于 {ge}。", "It has to be at least {ge}."),
    "less_than": Sentence("要小于 {lt}。", "It has to be below {lt}."),
    "less_than_equal": Sentence("不能大于 {le}。", "It has to be at most {le}."),
    "too_short": Sentence("至少 {min_length} 项。", "At least {min_length} items."),
    "too_long": Sentence("最多 {max_length} 项。", "At most {max_length} items."),
    "enum": Sentence("可以是：{expected}。", "It has to be {expected}."),
    "literal_error": Sentence("可以是：{expected}。", "It has to be {expected}."),
    "moment": Sentence(
        "写日期、时间和时区，例如 2026-12-01T17:00:00+08:00。",
        "Give a date and time with its zone, like 2026-12-01T17:00:00+08:00.",
    ),
    "datetime_from_date_parsing": Sentence("没有这个时间。", "There is no such time."),
    "datetime_parsing": Sentence("没有这个时间。", "There is no such time."),
    "day": Sentence("写日期，例如 2026-12-01。", "Give a day, like 2026-12-01."),
    "date_from_datetime_parsing": Sentence("没有这一天。", "There is no such day."),
    "date_parsing": Sentence("没有这一天。", "There is no such day."),
    "year": Sentence("年份是 2000 到 2100。", "The year has to be 2000 to 2100."),
}
OTHER = Sentence("不符合要求，核对格式。", "It does not have the form that the API's document says.")


def explain_input(kind: str, context: Mapping[str, object], language: Language) -> str:
    """What to change in an input, for an error of pydantic's type `kind`."""
    return SENTENCES.get(kind, OTHER).in_language(language).format_map(Kept(context))

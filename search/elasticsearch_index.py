"""How the catalogue is kept in Elasticsearch: settings, fields, and a document's form.

Uses only what Elasticsearch's server jar has, so no plug-in and no paid feature is needed.
"""

from typing import Any

from search.documents import CatalogueDocument, milliseconds
from search.text import clean, label_keys

KEY_SEPARATOR = "\x1f"
TEXT_FIELDS = ("title", "summary", "skill_names", "origin")

# A Han character is a token of its own, and phrases find runs of them; the built-in `cjk` analyzer
# has no stemming and loses single characters. `plain` leaves words whole, for completion.
ANALYSIS = {
    "analyzer": {
        "catalogue": {
            "type": "custom",
            "tokenizer": "standard",
            "filter": ["cjk_width", "lowercase", "porter_stem"],
        },
        "catalogue_plain": {"type": "custom", "tokenizer": "standard", "filter": ["cjk_width", "lowercase"]},
    }
}
# A refresh interval that is set keeps an idle index refreshing, so the first search after a pause is fresh.
SETTINGS = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "500ms",
    "analysis": ANALYSIS,
}
_TEXT = {
    "type": "text",
    "analyzer": "catalogue",
    "fields": {"plain": {"type": "text", "analyzer": "catalogue_plain"}},
}
_KEYWORDS = ("id", "audience", "owner_id", "state", "industry", "skills", "skill_keys")
MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "properties": {
        "deleted": {"type": "boolean"},
        "reward_cny": {"type": "long"},
        "posted_ms": {"type": "long"},
        "deadline_ms": {"type": "long"},
        **{name: {"type": "keyword"} for name in _KEYWORDS},
        **dict.fromkeys(TEXT_FIELDS, _TEXT),
    },
}


def body(document: CatalogueDocument) -> dict[str, Any]:
    """`document` as it is indexed; a tombstone has nothing but its id."""
    if document.deleted:
        return {"id": document.id, "deleted": True}
    return {
        "id": document.id,
        "deleted": False,
        "title": clean(document.title),
        "summary": clean(document.summary),
        "skill_names": list(map(clean, document.skill_names)),
        "origin": list(map(clean, document.origin)),
        "audience": document.audience.value,
        "owner_id": document.owner_id,
        "state": document.state,
        "industry": document.industry,
        "skills": list(document.skill_codes),
        "skill_keys": _skill_keys(document),
        "reward_cny": document.reward_cny,
        "posted_ms": milliseconds(document.posted_at),
        "deadline_ms": milliseconds(document.deadline),
    }


def _skill_keys(document: CatalogueDocument) -> list[str]:
    """What a typed prefix of a skill's name finds: the key, then the code and both names."""
    return sorted(
        {
            KEY_SEPARATOR.join((key, skill.code, clean(skill.zh), clean(skill.en)))
            for skill in document.skills
            for name in skill.names
            for key in label_keys(name)
        }
    )

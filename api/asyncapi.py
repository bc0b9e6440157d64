"""The AsyncAPI document of the log, made from the events' classes: what a consumer of Kafka may rely on."""

from dataclasses import fields
from typing import Any, get_origin

from domain.events import EVENTS, Event
from domain.intake import CHALLENGE_V1

VERSION = "1"
HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_time",
        "ce_sequence",
        "ce_correlationid",
    ],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "UUIDv7; deliveries may repeat it"},
        "ce_source": {"const": "/jiebang"},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string", "description": "The aggregate's id"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_sequence": {"type": "string", "description": "The version of the aggregate that it led to"},
        "ce_correlationid": {"type": "string"},
        "ce_causationid": {"type": "string", "description": "The event that caused it"},
        "content-type": {"const": "application/json"},
    },
}


def asyncapi(events_topic: str, intake_topic: str) -> dict[str, Any]:
    """The AsyncAPI 3.0 document, for the topics of this installation."""
    messages = {type: _message(event) for type, event in sorted(EVENTS.items())}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Jiebang 揭榜: the log",
            "version": VERSION,
            "description": "Facts about the market: ids, codes, states and versions. Read the rest from the "
            "API, which knows what you may see. A published version never changes.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": _channel(
                events_topic,
                "Every fact, in order for each key: the challenge's id for a challenge and its bids, project "
                "and milestones, else the aggregate's own.",
                messages,
            ),
            "intake": _channel(
                intake_topic,
                "Challenges from factories' systems.",
                {CHALLENGE_V1: {"$ref": f"#/components/messages/{CHALLENGE_V1}"}},
            ),
        },
        "operations": {
            "sendEvents": {"action": "send", "channel": {"$ref": "#/channels/events"}},
            "receiveIntake": {"action": "receive", "channel": {"$ref": "#/channels/intake"}},
        },
        "components": {
            "messages": {**{type: _full(event) for type, event in EVENTS.items()}, CHALLENGE_V1: _intake()},
            "schemas": {"Headers": HEADERS},
        },
    }


def _channel(address: str, description: str, messages: dict[str, Any]) -> dict[str, Any]:
    return {"address": address, "description": description, "messages": messages}


def _message(event: type[Event]) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{event.type}"}


def _full(event: type[Event]) -> dict[str, Any]:
    properties = {field.name: _schema(field.type) for field in fields(event)}  # type: ignore[arg-type]
    message: dict[str, Any] = {
        "name": event.type,
        "title": " ".join(event.type.split(".")[1:3]).replace("_", " "),
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"type": "object", "properties": properties, "required": list(properties)},
    }
    if event.__doc__ and not event.__doc__.startswith(f"{event.__name__}("):
        message["summary"] = " ".join(event.__doc__.split())
    return message


def _schema(annotation: Any) -> dict[str, Any]:
    if get_origin(annotation) is list:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": {str: "string", int: "integer", bool: "boolean"}[annotation]}


def _intake() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    skill = {
        "type": "object",
        "required": ["skill", "level"],
        "properties": {
            "skill": {**text, "description": "A code, a name or an alias of the taxonomy"},
            "level": {"type": "integer", "minimum": 1, "maximum": 5},
            "mandatory": {"type": "boolean"},
            "weight": number,
        },
    }
    source = {"type": "object", "required": ["system", "id"], "properties": {"system": text, "id": text}}
    kpi = {
        "type": "object",
        "required": ["name", "unit", "baseline", "target"],
        "properties": {"name": text, "unit": text, "baseline": number, "target": number},
    }
    properties: dict[str, Any] = {
        "type": {"const": CHALLENGE_V1},
        "source": {**source, "description": "It is taken in once for each factory and source"},
        "factory_id": text,
        "title": {**text, "maxLength": 200},
        "text": {**text, "maxLength": 20_000},
        "language": {"enum": ["zh", "en"]},
        "industry": text,
        "skills": {"type": "array", "maxItems": 20, "items": skill},
        "city": text,
        "province": {**text, "description": "The factory's own where left out"},
        "reward_cny": {"type": "integer", "minimum": 0},
        "bids_close_at": {**text, "format": "date-time"},
        "confidentiality": {"enum": ["public", "members", "nda"]},
        "teaser": text,
        "kpi": kpi,
        "hours_per_week": number,
        "remote": {"type": "boolean"},
        "machine": text,
    }
    required = ["source", "factory_id", "title", "text", "industry"]
    payload = {"type": "object", "required": required, "properties": properties}
    return {"name": CHALLENGE_V1, "title": "challenge from a system", "payload": payload}

"""What CloudEvents 1.0 and its JSON format ask of an event, checked apart from what we write.

By the specification's own sections: 3.1 (attributes), 3.2 (names), 3.4 (types) of the core, and
2.2, 3.1 and 4 of the JSON format.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

REQUIRED = {"id", "source", "specversion", "type"}
OPTIONAL = {"datacontenttype", "dataschema", "subject", "time"}
NAME = re.compile(r"[a-z0-9]+")
URI = re.compile(r"[A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~%-]+")
RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;.*)?")
SMALLEST, LARGEST = -(2**31), 2**31 - 1


def faults(event: Any) -> list[str]:
    """What is wrong with one event in the JSON format; nothing, if it is a CloudEvent."""
    if not isinstance(event, dict):
        return ["an event must be a JSON object"]
    attributes = {name: value for name, value in event.items() if value is not None}
    found = [f"{name} is required" for name in REQUIRED - attributes.keys()]
    for name, value in attributes.items():
        if name not in {"data", "data_base64"}:
            found += _of_attribute(name, value)
    return found + _of_data(event)


def _of_attribute(name: str, value: Any) -> list[str]:
    found = []
    if not NAME.fullmatch(name):
        found.append(f"{name}: only lower-case letters and digits")
    if name in REQUIRED | OPTIONAL and not (isinstance(value, str) and value):
        return [*found, f"{name} must be text that is not empty"]
    if isinstance(value, int) and not isinstance(value, bool):
        if not SMALLEST <= value <= LARGEST:
            found.append(f"{name}: an integer has 32 bits")
    elif isinstance(value, str):
        if any(not _may_stand(ord(character)) for character in value):
            found.append(f"{name} holds a character that a string must not")
    elif not isinstance(value, bool):
        found.append(f"{name}: {type(value).__name__} is not a type of attributes")
    check = CHECKS.get(name)
    return found if check is None or check(value) else [*found, f"{name} is {value!r}"]


def _may_stand(code: int) -> bool:
    """Controls, surrogates and noncharacters are no part of a CloudEvents string."""
    control = code <= 0x1F or 0x7F <= code <= 0x9F
    surrogate = 0xD800 <= code <= 0xDFFF
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return not (control or surrogate or noncharacter)


def _is_time(text: str) -> bool:
    if not RFC_3339.fullmatch(text):
        return False
    datetime.fromisoformat(text)
    return True


def _is_uri(text: str) -> bool:
    return bool(URI.fullmatch(text)) and bool(urlsplit(text).scheme)


CHECKS: dict[str, Any] = {
    "specversion": lambda text: text == "1.0",
    "source": lambda text: bool(URI.fullmatch(text)),
    "dataschema": _is_uri,
    "time": _is_time,
    "datacontenttype": lambda text: bool(MEDIA_TYPE.fullmatch(text)),
}


def _of_data(event: dict[str, Any]) -> list[str]:
    if "data" in event and "data_base64" in event:
        return ["data and data_base64 exclude each other"]
    subtype = str(event.get("datacontenttype") or "application/json").split(";")[0].split("/")[-1]
    is_json = subtype == "json" or subtype.endswith("+json")
    if "data" in event and not is_json and not isinstance(event["data"], str):
        return ["data that is not JSON must be text"]
    return []

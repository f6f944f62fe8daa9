"""What the schema library says of values of a wrong form, in words of our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REQUIRED = "is required"

_WORDS = {
    "missing": REQUIRED,
    "missing_argument": REQUIRED,
    "missing_keyword_only_argument": REQUIRED,
    "extra_forbidden": "is not a field here",
    "unexpected_keyword_argument": "is not a field here",
    "value_error": "{error}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge:,.16g}",
    "less_than_equal": "must be at most {le:,.16g}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries, not {actual_length}",
    "too_long": "must have at most {max_length} entries, not {actual_length}",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "dataclass_type": "must be an object",
}
"""By the library's type of error; filled in from what it tells of the error."""


def in_words(error: Mapping[str, Any]) -> str:
    """What is wrong, and what is accepted: an entry of a validation error's `errors()`."""
    words = _WORDS.get(error["type"])
    if words is None:
        return str(error["msg"])
    return words.format_map(error.get("ctx", {}))

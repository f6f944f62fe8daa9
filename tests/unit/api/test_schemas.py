"""The documented schema of events is the one that the codec reads by."""

import re
from typing import Any

import pytest
from fastapi.openapi.utils import get_openapi

from api.app import create_app
from api.documenting import PROBLEM
from api.problems import KINDS
from api.schemas.events import components, examples, request_body
from api.settings import Settings
from domain.checks import problems
from domain.vocabulary import EVENT_TYPES
from infrastructure.codec import body_model, read_event

COMPONENTS = components()


def follow(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema without the reference, or the null, around it."""
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            schema = choice
    reference = schema.get("$ref")
    return definitions[reference.rsplit("/", 1)[1]] if reference else schema


def outline(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """What two schemas must share: names, required names, types and choices, all the way down."""
    schema = follow(schema, definitions)
    if "properties" in schema:
        inner = {name: outline(one, definitions) for name, one in schema["properties"].items()}
        return inner, sorted(schema.get("required", ())), schema["additionalProperties"]
    if "items" in schema:
        return [outline(schema["items"], definitions)]
    if schema.get("type") == "object":
        return {"*": outline(schema["additionalProperties"], definitions)}
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    return choices or schema["type"]


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_schema_is_what_the_codec_reads(name: str) -> None:
    read = body_model(name).model_json_schema()
    said = COMPONENTS[name]
    properties, required, closed = outline(said, COMPONENTS)
    assert properties.pop("id") == "string"
    assert properties.pop("type") == [name]
    required.remove("type")
    assert (properties, required, closed) == outline(read, read["$defs"])


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_example_is_valid(name: str) -> None:
    example = examples()[name]
    event = read_event(example, example["id"])
    assert event.type == name
    assert not problems(event)
    assert COMPONENTS[name]["examples"] == [example]


def test_every_type_has_one_example_of_its_own_id() -> None:
    assert list(examples()) == list(EVENT_TYPES)
    assert len({example["id"] for example in examples().values()}) == len(EVENT_TYPES)


def test_the_body_is_one_event_or_a_list() -> None:
    content = request_body(1_000)["content"]["application/json"]
    event = {"$ref": "#/components/schemas/Event"}
    one, several = content["schema"]["oneOf"]
    assert one == several["items"] == event
    assert (several["minItems"], several["maxItems"]) == (1, 1_000)
    assert list(content["examples"]) == list(EVENT_TYPES)
    assert set(COMPONENTS["Event"]["discriminator"]["mapping"]) == set(EVENT_TYPES)


def test_rules_on_values_are_told() -> None:
    side = COMPONENTS["Side"]["properties"]["parties"]
    assert (side["minItems"], side["maxItems"], side["uniqueItems"]) == (1, 100, True)
    slug = re.compile(side["items"]["pattern"])
    assert slug.search("mali-junta")
    assert not slug.search("mali junta")
    country = re.compile(
        follow(COMPONENTS["Place"]["properties"]["country"], COMPONENTS)["pattern"]
    )
    assert country.search("ML")
    assert not country.search("MLI")
    killed = follow(COMPONENTS["Count"]["properties"]["low"], COMPONENTS)
    assert (killed["minimum"], killed["maximum"]) == (0, 2**53 - 1)
    note = follow(COMPONENTS["CoupOccurred"]["properties"]["note"], COMPONENTS)
    assert (note["minLength"], note["maxLength"]) == (1, 5_000)


def test_every_problem_type_is_documented() -> None:
    assert PROBLEM["properties"]["type"]["enum"] == [kind.type for kind in KINDS.values()]


def test_one_name_in_the_documentation_is_one_thing() -> None:
    """An answer's model and a part of an event may share a name only where they share their fields."""
    app = create_app(Settings(database_url="sqlite:///unused"))
    answers = get_openapi(title="t", version="1", routes=app.routes)["components"]["schemas"]
    shared = answers.keys() & COMPONENTS.keys()
    assert "Count" in shared
    for name in shared:
        assert answers[name]["properties"].keys() == COMPONENTS[name]["properties"].keys(), name

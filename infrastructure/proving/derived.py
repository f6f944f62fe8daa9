"""What the log keeps of an event beside its data must follow from the data.

The chain shows that nothing was changed since it was recorded. This shows that what was
recorded fits together: the type and version read the data, and the tags under which the event
is found are those that its data gives, with the tags of the events that it curates.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from domain.decisions import Register
from domain.event import Event
from domain.tags import own_tags, targets_of
from domain.vocabulary import EVENT_TYPES
from infrastructure import forms
from infrastructure.bulk import among
from infrastructure.codec import StoredForm, UnreadableEvent, decode
from infrastructure.event_store.envelope import tags_text
from infrastructure.event_store.quick import BETWEEN, StoredRow
from infrastructure.event_store.verification import Fault
from infrastructure.schema.log import events

Targets = Mapping[str, tuple[int, str]]
"""By id: where the event stands, and its tags as they are stored."""


class _Odd(Exception):
    """Says what does not follow from the data."""


def examine(conn: Connection, rows: Sequence[StoredRow]) -> Fault | None:
    """Return the first of the rows that does not follow from its own data."""
    curating: list[tuple[StoredRow, Event]] = []
    fault = None
    for row in rows:
        if row[1] is None or row[7] is None:
            continue  # another application's, or erased: there is nothing to read
        try:
            event = _event(row)
            if targets_of(event):
                curating.append((row, event))
            else:
                _compare(own_tags(event), row[6])
        except _Odd as odd:
            fault = Fault(row[0], str(odd))
            break
    return _examine_curating(conn, curating) or fault


def _event(row: StoredRow) -> Event:
    _, event_id, type_, version, _, _, _, data, *_ = row
    if type_ not in EVENT_TYPES:
        raise _Odd(f"there is no event type {type_}")
    data_type = EVENT_TYPES[type_]
    try:
        if version == data_type.SCHEMA_VERSION:
            return forms.from_json(data_type, data, event_id)
    except ValueError:
        pass  # the codec tells every place that is wrong
    try:
        return decode(event_id, StoredForm(type_, version, data))
    except UnreadableEvent as error:
        raise _Odd(f"the data is not that of {type_} version {version}: {error}") from None
    except (KeyError, ValueError) as error:
        raise _Odd(f"{type_} version {version} cannot be read: {error}") from None


def _examine_curating(
    conn: Connection, curating: Sequence[tuple[StoredRow, Event]]
) -> Fault | None:
    """Return the first event whose tags are not its own and those of the events it curates."""
    if not curating:
        return None
    targets = _targets(conn, {one for _, event in curating for one in targets_of(event)})
    for row, event in curating:
        try:
            _compare(_tags(event, row[0], targets), row[6])
        except _Odd as odd:
            return Fault(row[0], str(odd))
    return None


def _targets(conn: Connection, ids: Iterable[str]) -> Targets:
    named = select(events.c.event_id, events.c.position, events.c.tags)
    found = conn.execute(named.where(among(events.c.event_id, ids)))
    return {event_id: (position, tags) for event_id, position, tags in found}


def _tags(event: Event, position: int, targets: Targets) -> list[str]:
    """Return the tags that the event must be filed under; raise _Odd if it names no event before."""
    before = Register()
    for target in targets_of(event):
        at, tags = targets.get(target, (position, "[]"))
        if at >= position:
            raise _Odd(f"it names the event {target}, which is not before it")
        before.tags[target] = json.loads(tags)
    return before.tags_for(event)


def _compare(tags: Iterable[str], written: str) -> None:
    """Raise _Odd unless the stored text holds these tags. Few need escapes."""
    listed = sorted(tags)
    if f'["{BETWEEN.join(listed)}"]' != written and tags_text(listed) != written:
        raise _Odd("the tags are not those that the data, and the events it curates, give")

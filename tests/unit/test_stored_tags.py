"""The text that an event's tags are stored as, and back."""

from hypothesis import example, given
from hypothesis import strategies as st

from infrastructure.event_store.envelope import tags_of_text, tags_text


@given(st.lists(st.text() | st.sampled_from(['","', '"', "\\", '","\\', "]", '["', "", ","])))
@example([])
@example([""])
@example(['a","b', "c"])
def test_every_list_of_texts_comes_back(tags: list[str]) -> None:
    assert tags_of_text(tags_text(tags)) == tags

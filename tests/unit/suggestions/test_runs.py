import json
import math

from hypothesis import given
from hypothesis import strategies as st

from copilot.suggestions.runs import storable


def test_what_no_database_takes_is_made_storable() -> None:
    said = {"title": "nul \0 half \ud800", "confidence": math.nan, "quotes": ({"number": 1},)}
    assert storable(said) == {
        "title": "nul \ufffd half ?",
        "confidence": None,
        "quotes": [{"number": 1}],
    }
    assert len(storable("x" * 5000)) == 2000


@given(st.recursive(st.none() | st.floats() | st.text(st.characters()) | st.integers(), st.lists))
def test_whatever_was_said_can_be_stored(said: object) -> None:
    text = json.dumps(storable(said), allow_nan=False, ensure_ascii=False)
    assert "\0" not in text
    text.encode()

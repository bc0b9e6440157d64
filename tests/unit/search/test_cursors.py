import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.cursors import Place, decode, encode
from search.errors import InvalidCursor
from search.queries import CatalogueQuery, Sort
from search.text import clean

QUERY = CatalogueQuery(text="轴承", states=frozenset({"open", "judging"}))


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.floats(allow_nan=False, min_value=-1e15, max_value=1e15), st.text(max_size=40).map(clean))
def test_a_cursor_names_its_place_again(value: float, id: str) -> None:
    cursor = encode(QUERY, Place(value, id))
    assert decode(replace(QUERY, cursor=cursor)) == Place(value, id)


def test_a_cursor_is_for_one_query_only() -> None:
    cursor = encode(QUERY, Place(1, "a"))
    with pytest.raises(InvalidCursor):
        decode(CatalogueQuery(text="轴承", sort=Sort.NEWEST, cursor=cursor))


@given(
    st.text(max_size=500) | st.binary(max_size=300).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_a_cursor_that_was_not_given_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(replace(QUERY, cursor=cursor))


@pytest.mark.parametrize(
    "place", [["x", 1, "a"], [None, "1", 2], {}, [[[]]], "a", 1, ["x", float("inf"), "a"]]
)
def test_json_of_another_shape_is_refused(place: object) -> None:
    with pytest.raises(InvalidCursor):
        decode(replace(QUERY, cursor=packed(place)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**30, True, None, "1"])
def test_a_forged_place_is_refused(value: object) -> None:
    fingerprint = json.loads(base64.urlsafe_b64decode(encode(QUERY, Place(1, "a")) + "=="))[0]
    with pytest.raises(InvalidCursor):
        decode(replace(QUERY, cursor=packed([fingerprint, value, "a"])))

"""A policy from a file that somebody wrote by hand, or a program wrote badly."""

from pathlib import Path

import pytest

from copilot.cli.policy_files import policies_from
from copilot.errors import BadInputError
from copilot.suggestions.noise_policy import PolicySet


@pytest.mark.parametrize("text", ["[" * 100_000, '{"post_interval_s": ' + "9" * 5_000 + "}"])
def test_a_file_that_no_reader_can_take_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text)
    with pytest.raises(BadInputError, match="is no JSON of a sensible size"):
        policies_from(str(path), PolicySet())

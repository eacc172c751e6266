"""Message text stays data in every format a timeline is written in."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from copilot.archive.importing import import_slack_export
from copilot.db import Database, open_engine
from copilot.incidents import timeline_export
from copilot.incidents.queries import get_incident
from copilot.incidents.timeline_export import write_csv, write_jsonl, write_markdown
from copilot.timeline.reading import TimelineRow
from tests.unit.archive.exports import a_message, as_folder, export_files

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    engine = open_engine(sqlite_url)
    yield Database(engine, lambda _: None)
    engine.dispose()


def written(db: Database, tmp_path: Path, messages: list[dict[str, Any]], write: Any) -> str:
    """What `write` makes of the messages after an import."""
    folder = as_folder(tmp_path / "export", export_files({"ops/2023-11-14": messages}))
    result = import_slack_export(
        db, folder, title="Disk *full*", workspace_url="https://acme.slack.com", now=NOW
    )
    stream = io.StringIO(newline="")
    with db.reading() as session:
        write(session, get_incident(session, result.incidents[0].id), stream)
    return stream.getvalue()


def test_json_lines_have_the_promised_fields(sqlite_db: Database, tmp_path: Path) -> None:
    parent = a_message(0, ts="1700000000.000100")
    reply = a_message(
        1, ts="1700000060.123400", thread_ts=parent["ts"], text="over to <@U0ANA> &amp; co"
    )
    lines = written(sqlite_db, tmp_path, [parent, reply], write_jsonl).splitlines()
    assert json.loads(lines[1]) == {
        "kind": "message",
        "channel": "ops",
        "message_ts": "1700000060.123400",
        "thread_ts": "1700000000.000100",
        "author": "ana",
        "text": "over to @ana & co",
        "occurred_at": "2023-11-14T22:14:20.123400Z",
        "permalink": "https://acme.slack.com/archives/C0OPS/p1700000060123400"
        "?thread_ts=1700000000.000100&cid=C0OPS",
        "edited": False,
        "deleted": False,
    }
    assert len(lines) == 2


def test_no_text_adds_a_line_to_json_lines(sqlite_db: Database, tmp_path: Path) -> None:
    text = "one\ntwo\r\nthree\u2028four\u2029five\x85six"
    lines = written(sqlite_db, tmp_path, [a_message(0, text=text)], write_jsonl).splitlines()
    assert [json.loads(line)["text"] for line in lines] == [text]


def test_letters_of_any_language_stay_readable(sqlite_db: Database, tmp_path: Path) -> None:
    assert "ディスク" in written(
        sqlite_db, tmp_path, [a_message(0, text="ディスク満杯")], write_jsonl
    )


def test_csv_reads_back_as_it_was(sqlite_db: Database, tmp_path: Path) -> None:
    texts = ['say "hi", then\nleave', "a\rb", "plain;1", "ends with quote'"]
    messages = [a_message(number, text=text) for number, text in enumerate(texts)]
    rows = list(csv.DictReader(io.StringIO(written(sqlite_db, tmp_path, messages, write_csv))))
    assert [row["text"] for row in rows] == texts
    assert list(rows[0]) == list(TimelineRow.model_fields)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r=", "＝", "＋"])
def test_no_cell_is_a_formula(sqlite_db: Database, tmp_path: Path, start: str) -> None:
    text = f'{start}HYPERLINK("http://evil.example","x")'
    found = written(sqlite_db, tmp_path, [a_message(0, text=text)], write_csv)
    (row,) = csv.DictReader(io.StringIO(found))
    assert row["text"] == f"'{text}"


@pytest.mark.parametrize("write", [write_csv, write_markdown])
def test_no_text_orders_a_terminal_about(sqlite_db: Database, tmp_path: Path, write: Any) -> None:
    text = "all\x07 \x1b[31mred\x9b2J\n```\nin\x1b code\n```"
    found = written(sqlite_db, tmp_path, [a_message(0, text=text)], write)
    assert "red" in found
    assert not any(sign in found for sign in "\x07\x1b\x9b")


def test_markdown_shows_the_day_the_author_and_the_source(
    sqlite_db: Database, tmp_path: Path
) -> None:
    found = written(sqlite_db, tmp_path, [a_message(0, text="disk is *full*")], write_markdown)
    assert found.startswith("# Disk \\*full\\*\n\nTimeline of \\#ops. Times are UTC.\n")
    assert "\n## 2023-11-14\n" in found
    assert (
        "- [22:13:20](<https://acme.slack.com/archives/C0OPS/p1700000000000000>) **ana** "
        "disk is \\*full\\*\n" in found
    )


def test_a_pasted_log_stays_a_block(sqlite_db: Database, tmp_path: Path) -> None:
    text = "look:```\n* one\n  </ul> ``\n# two```and then"
    found = written(sqlite_db, tmp_path, [a_message(0, text=text)], write_markdown)
    shown = Shown(found)
    assert "* one\n  </ul> ``\n# two" in shown.code.replace("&lt;", "<")
    assert shown.tags.count("pre") == 1
    assert "and then" in shown.text


class Shown(HTMLParser):
    """What a reader of rendered Markdown sees."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.code = ""
        self._in_code = False
        self.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_code = self._in_code or tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "code"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_code:
            self.code += data


@given(st.text(st.sampled_from("`*_{}[]()<>#+-=.!|~&:/\\ \n\t1aw@;$\u2028"), max_size=40))
def test_no_text_becomes_markup(text: str) -> None:
    row = TimelineRow(
        kind="message",
        channel="ops",
        message_ts="1.000000",
        thread_ts=None,
        author="ana",
        text=text,
        occurred_at=NOW + timedelta(seconds=1),
        permalink="https://acme.slack.com/archives/C0OPS/p1000000",
        edited=False,
        deleted=False,
    )
    shown = Shown(f"- {timeline_export._entry(row)}\n- the next entry\n")
    assert sorted(set(shown.tags) - {"pre", "code"}) in (
        ["a", "li", "p", "strong", "ul"],
        ["a", "br", "li", "p", "strong", "ul"],
        ["a", "li", "strong", "ul"],
        ["a", "br", "li", "strong", "ul"],
    )
    assert shown.tags.count("a") == 1
    assert shown.tags.count("li") == 2
    assert (
        shown.tags.count("code")
        == shown.tags.count("pre")
        == len(timeline_export._CODE.findall(text))
    )
    if "```" not in text:
        assert "".join(shown.text.split()) == "".join(f"14:00:01 ana{text}thenextentry".split())

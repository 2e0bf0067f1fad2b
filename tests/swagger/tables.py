"""The packaged document's parameters as other authors write them down: each table says the same in another way."""

from __future__ import annotations

from tests.swagger.documents import PACKAGED

PROVIDER = 'The provider\'s name: "google_v3", "outlook_v1.0".'
FIRST = """\
| Parameter | Type | Required | Description |
|---|---|---|---|
| `staff_uid` | string | Yes | Whose calendar |
| `calendar_sync` | object | Yes | The sync |
| `external_items` | array | Yes | The events. Alternatively, use `external_item`. |
"""
SYNC_ROWS = f"""\
| Field | Required | Type | Description |
|---|---|---|---|
| `provider` | Yes | string | {PROVIDER} |
| `account` | Yes | string | An e-mail address |
"""
ITEM_ROWS = """\
| Name | Type | Required? | Description |
|---|---|---|---|
| external_id | string | Yes | The provider's id |
| external_title | string | No | A title |
| external_calendar_uid | string | Yes | The sync's uid |
| start_date | string | Yes | ISO 8601 |
| end_date | string | Yes | ISO 8601 |
| last_modification | string | Yes | ISO 8601 |
"""


def nested(sync_heading: str, item_heading: str) -> str:
    """A table of the top fields, and a sub-table for each object."""
    return f"{FIRST}\n{sync_heading}\n\n{SYNC_ROWS}\n{item_heading}\n\n{ITEM_ROWS}"


def indented(mark: str) -> str:
    """One table in which the fields of an object are marked as such below it."""
    rows = FIRST.splitlines()
    for after, inner in (("`calendar_sync`", SYNC_ROWS), ("`external_items`", ITEM_ROWS)):
        place = next(index for index, row in enumerate(rows) if after in row)
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in inner.splitlines()[2:]]
        of_sync = inner is SYNC_ROWS
        marked = [
            f"| {mark}`{name.strip('`')}` | {two if of_sync else one} | {one if of_sync else two} | {says} |"
            for name, one, two, says in cells
        ]
        rows[place + 1 : place + 1] = marked
    return "\n".join(rows) + "\n"


KINDS = {
    "sub-tables under the field's name": nested("### `calendar_sync`", "### `external_items[]`"),
    "sub-tables under a title": nested("### Calendar Sync Object", "### External Item Fields"),
    "sub-tables under a sentence": nested("The `calendar_sync` object:", "Each entry of `external_items`:"),
    "sub-tables under a bold line": nested("**calendar_sync**", "**external_items**"),
    "rows indented by arrows": indented("↳ "),
    "rows indented by spaces": indented("&nbsp;&nbsp;"),
    "rows indented by dashes": indented("- "),
    "null beside the type of an optional field": nested("### `calendar_sync`", "### `external_items`").replace(
        "external_title | string |", "external_title | string \\| null |"
    ),
    "two spellings of one type": nested("### `calendar_sync`", "### `external_items`").replace(
        "external_id | string |", "external_id | string or uuid |"
    ),
    "Yes* with a footnote about the alternative": nested("### `calendar_sync`", "### `external_items`").replace(
        "| Yes | The events. Alternatively, use `external_item`. |\n",
        "| Yes* | The events. |\n\n\\* Or `external_item` for one event.\n",
    ),
    "Yes* with a footnote that is no condition": nested("### `calendar_sync`", "### `external_items`").replace(
        "| `staff_uid` | string | Yes |", "| `staff_uid` | string | Yes\\* |"
    )
    + "\n* The uid of the token's owner\n",
    "a column that says where": "\n".join(
        [
            "| Parameter | In | Type | Required | Description |",
            "|---|---|---|---|---|",
            "| `business_id` | path | string | Yes | Whose |",
            *(row.replace("` | ", "` | body | ", 1) for row in FIRST.splitlines()[2:]),
        ]
    )
    + f"\n\n### `calendar_sync`\n\n{SYNC_ROWS}\n### `external_items`\n\n{ITEM_ROWS}",
}
"""Kinds that say the same as the packaged table."""


def with_table(table: str) -> str:
    """The packaged document with another table."""
    lines = PACKAGED.split("\n")
    rows = [index for index, line in enumerate(lines) if line.startswith("|")]
    return "\n".join([*lines[: rows[0]], table, *lines[rows[-1] + 1 :]])

"""Builders of cards, and the texts that people and engines might put into them."""

from copilot.ports import CardItem, CardSource, SuggestionCard

NASTY_TEXTS = (
    "",
    " ",
    "x",
    "x" * 3000,
    "x" * 40_000,
    "&" * 40_000,
    "<" * 3000,
    "🔥" * 3000,
    "👩‍👩‍👧‍👦 family",
    "שלום עולם, מחר נתקן את זה",
    "\u202egnp.exe\u202c right to left override",
    "<!channel> <!here> <!everyone> <!subteam^S1>",
    "<@U012AB3CD> take it",
    "<http://evil.example|click here>",
    "&lt;!channel&gt; already escaped",
    "http://169.254.169.254/latest?data=secret",
    "a\x00b\x07c\nd\te",
    "half a pair \ud83d",
    "*bold* _it_ ~gone~ `code` ```block``` > quote",
    "&am" * 2000,
)


def an_item(
    *,
    suggestion_id: int = 7,
    title: str = "Add an alert on replica lag above 30 s",
    owner_id: str | None = "U0DANA000",
    owner_name: str | None = "dana",
    due: str | None = None,
    confidence: float = 0.82,
    why: str = "calm: 0.82 ≥ 0.75",
    quote: str = "we should really page on replica lag",
    author_name: str = "ana",
    permalink: str = "https://example.slack.com/archives/C1/p1700000000000100",
    sources: int = 1,
    decided: str | None = None,
) -> CardItem:
    return CardItem(
        suggestion_id=suggestion_id,
        kind="proposal",
        title=title,
        owner_id=owner_id,
        owner_name=owner_name,
        due=due,
        confidence=confidence,
        why=why,
        sources=tuple(
            CardSource(author_name, quote, permalink, "1700000000.000100") for _ in range(sources)
        ),
        decided=decided,
    )


def a_card(
    *items: CardItem,
    delivery_id: int = 3,
    headline: str = "Two follow-ups from the last 20 minutes",
    context: str = "calm · 1 of 1 this quarter hour",
) -> SuggestionCard:
    return SuggestionCard(
        delivery_id=delivery_id, incident_id=5, headline=headline, context=context, items=items
    )

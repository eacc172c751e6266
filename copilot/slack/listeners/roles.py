"""`/incident role | handover`: who does what, and passing the command on."""

import difflib

from copilot.incidents.models import Incident, Role
from copilot.incidents.roles import assign, clear, hand_over, roles_of
from copilot.reviews.briefing import read_briefing
from copilot.slack.answers import Answer, note
from copilot.slack.briefing import briefing_answer
from copilot.slack.escaping import mrkdwn, safe
from copilot.slack.listeners.asking import Asked, incident_asked_about
from copilot.slack.listeners.naming import Meant, person_meant, shown
from copilot.slack.services import SlackServices
from copilot.timeline.mrkdwn import to_plain
from copilot.workspaces.directory import names_of

_ALIASES = {
    "commander": Role.COMMANDER,
    "command": Role.COMMANDER,
    "ic": Role.COMMANDER,
    "lead": Role.COMMANDER,
    "comms": Role.COMMS,
    "communications": Role.COMMS,
    "communication": Role.COMMS,
    "scribe": Role.SCRIBE,
    "writer": Role.SCRIBE,
}
_NOBODY = frozenset({"none", "nobody", "noone", "no-one", "clear", "-", "–", "—"})
_USAGE = "`/incident role commander @dana` gives one, `/incident role scribe none` takes it away."


def role(slack: SlackServices, asked: Asked) -> Answer:
    first, _, rest = asked.rest.partition(" ")
    if not first:
        return _listed(slack, asked)
    wanted = read_role(first)
    if wanted is None:
        known = ", ".join(f"`{each}`" for each in Role)
        return note(
            f"“{safe(to_plain(first, {}), 40)}” is no role, so nothing was changed. "
            f"There are {known}: {_USAGE}"
        )
    if not rest:
        return _listed(slack, asked, wanted)
    if rest.strip(" .!@").lower() in _NOBODY:
        return _clear(slack, asked, wanted)
    to = person_meant(slack, asked, rest)
    if "@" in to.rest:
        return note(
            f"One person holds a role, so “{safe(to_plain(to.rest, {}), 40)}” is one too many; "
            f"nothing was changed. {_USAGE}"
        )
    return _assign(slack, asked, wanted, to)


def handover(slack: SlackServices, asked: Asked) -> Answer:
    if not asked.rest:
        return _what_would_be_told(slack, asked)
    to = person_meant(slack, asked, asked.rest)
    now = slack.clock.now()
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        names = names_of(session, asked.team_id)
        said = to_plain(to.rest, names).lstrip(" :–—-")
        handed = hand_over(session, incident, to.user_id, asked.user_id, now, said)
    title, name = _title(incident), shown(to.name)
    if not handed.change.is_made:
        return note(f"{name} commands {title} already.")
    old = shown(names.get(handed.change.old or "", "nobody"))
    told = "You get" if to.user_id == asked.user_id else f"{name} gets"
    return note(
        f"{title}: commander {old} → {name}. {told} a private summary with sources here; the "
        "pinned headline shows the change."
    )


def read_role(text: str) -> Role | None:
    """The role, or the one that was nearly typed."""
    word = text.strip(" .,:;!?'\"").lower()
    near = difflib.get_close_matches(word[:40], _ALIASES, n=1, cutoff=0.75)
    return _ALIASES.get(word) or (_ALIASES[near[0]] if near else None)


def _assign(slack: SlackServices, asked: Asked, wanted: Role, to: Meant) -> Answer:
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        names = names_of(session, asked.team_id)
        change = assign(session, incident, wanted, to.user_id, asked.user_id, slack.clock.now())
    if not change.is_made:
        return note(f"{_title(incident)}: {shown(to.name)} is {wanted} already.")
    old = shown(names.get(change.old or "", "nobody"))
    return note(f"{_title(incident)}: {wanted} {old} → {shown(to.name)}.")


def _clear(slack: SlackServices, asked: Asked, wanted: Role) -> Answer:
    with slack.db.transaction() as session:
        incident = incident_asked_about(session, asked)
        names = names_of(session, asked.team_id)
        change = clear(session, incident, wanted, asked.user_id, slack.clock.now())
    if not change.is_made:
        return note(f"{_title(incident)}: nobody is {wanted}, so there is nothing to take away.")
    old = shown(names.get(change.old or "", change.old or ""))
    return note(f"{_title(incident)}: {wanted} {old} → nobody.")


def _listed(slack: SlackServices, asked: Asked, only: Role | None = None) -> Answer:
    with slack.db.reading() as session:
        incident = incident_asked_about(session, asked)
        names = names_of(session, asked.team_id)
        held = roles_of(session, incident.id)
    wanted = [only] if only else list(Role)
    parts = [
        f"{each} {shown(names.get(held[each], held[each])) if each in held else 'nobody'}"
        for each in wanted
    ]
    return note(f"{_title(incident)}: {' · '.join(parts)}\n{_USAGE}")


def _what_would_be_told(slack: SlackServices, asked: Asked) -> Answer:
    with slack.db.reading() as session:
        incident = incident_asked_about(session, asked)
        briefing = read_briefing(session, incident, console_url=slack.console_link(""))
    answer = briefing_answer(briefing, is_asked=True)
    ask = "To whom? `/incident handover @dana what to watch` hands over the command."
    answer["blocks"].append({"type": "context", "elements": [mrkdwn(ask)]})
    return answer


def _title(incident: Incident) -> str:
    return f"*{safe(incident.title, 200)}*"

"""feeder status"""

from __future__ import annotations

import dataclasses
import json
import secrets
from typing import TYPE_CHECKING, Any

import click

from feeder.cli import site
from feeder.cli.sending import WHY, sentence
from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.sending.standing import State
    from feeder.store import Store

_ISSUES = 9  #: that are shown to a person: three weeks in three languages
_NAMED = 20  #: deliveries, of each kind


@click.command("status")
@site.options
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON object.")
def command(as_json: bool) -> None:
    """Say how far the digests are: what the schedule did, what is sent, to be sent, refused, held.

    Deliveries that are held wait for you. They are named by the subscriber's opaque name and by the Message-ID that the
    mail server's log has, never by address. Nothing is changed.
    """
    from feeder.store import open_to_look

    room = site.newsroom()
    store = open_to_look(room.database_url) if site.has_store(room) else None
    if store is None:
        raise FeederError("there is no store of this version yet; run: feeder build")
    try:
        state = _look(room, store)
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps(facts(state), ensure_ascii=False, indent=2))
    else:
        for line in lines(state):
            click.echo(line)


def _look(room: Newsroom, store: Store) -> State:
    from feeder.jobs.keys import site_keys
    from feeder.jobs.sending import standing

    return standing.look(store, room, lambda: site_keys(store, room.config, secrets.token_bytes), site.now())


def facts(state: State) -> dict[str, Any]:
    """For programs."""
    return {
        "jobs": [
            {"job": one.job, "slot": one.slot, "state": one.state, "started": one.started.isoformat(),
             "ended": one.ended.isoformat() if one.ended else None, "why": one.why}
            for one in state.runs
        ],
        "issues": [
            {"id": one.issue, "week": str(one.week), "language": one.locale, "made": one.compiled_at.isoformat(),
             "deliveries": {name: one.states.get(name, 0) for name in ("queued", "sending", "sent", "failed", "held")},
             "held": {why: one.held.get(why, 0) for why in WHY},
             "last_sent": one.last_sent.isoformat() if one.last_sent else None}
            for one in state.issues
        ],
        "held": [dataclasses.asdict(one) for one in state.held],
        "refused": [
            {"issue": one.issue, "subscriber": one.subscriber, "state": one.state, "attempts": one.attempts,
             "next": one.due.isoformat() if one.state == "queued" else None, "why": one.why}
            for one in state.refused
        ],
        "sending": {"per_minute": round(state.pace.per_minute, 1), "waiting": state.pace.waiting,
                    "minutes_left": state.pace.minutes_left},
        "restored": state.restored.isoformat() if state.restored else None,
        "todo": todo(state),
    }  # fmt: skip


def lines(state: State) -> list[str]:
    """For a person."""
    found = ["Digests"]
    found += [f"  {one.slot}  {one.state}{f': {one.why}' if one.why else ''}" for one in state.runs[:3]]
    found += [f"  {one.issue}  {sentence([one])}" for one in state.issues[:_ISSUES]]
    found += _sending(state)
    found += [] if state.runs or state.issues else ["  none was made yet"]
    for title, rows in (("Held", _held(state)), ("Refused", _refused(state)), ("What to do", todo(state))):
        if rows:
            found += ["", title, *(f"  {row}" for row in rows)]
    return found


def _sending(state: State) -> list[str]:
    """How fast it goes, while it does."""
    if not state.pace.waiting or not state.pace.sent:
        return []
    left = f"{state.pace.waiting} wait, {state.pace.minutes_left} minutes at this pace"
    return [f"  sending  {state.pace.per_minute:.0f} a minute; {left}"]


def _held(state: State) -> list[str]:
    rows = [
        f"{one.issue}  {one.subscriber or '(erased)'}  <{one.message_id}>  {one.why}" for one in state.held[:_NAMED]
    ]
    more = sum(one.states.get("held", 0) for one in state.issues) - len(rows)
    return [*rows, f"and {more} more: feeder status --json"] if more > 0 else rows


def _refused(state: State) -> list[str]:
    rows = state.refused[:_NAMED]
    return [
        f"{one.issue}  {one.subscriber or '(erased)'}  {one.attempts} times"
        f"{f', again at {one.due:%Y-%m-%d %H:%M} UTC' if one.state == 'queued' else ''}: {one.why}"
        for one in rows
    ]


def todo(state: State) -> list[str]:
    """What waits for a person, with the commands for it."""
    from feeder.jobs.sending.standing import held_for

    held = held_for(state.issues)
    found = []
    if state.restored or state.older:
        found += [
            "A backup was put back: the store is older than what was sent last, or comes from elsewhere. All is held.",
            "Have the newest issue made and listed, too: feeder digest --send. It is only put on hold.",
            "If the held issues went out before: feeder release --restored --as-sent",
            "If they did not: feeder release --restored",
        ]
    elif held["restored"]:
        found.append(
            "Held since a backup was put back: feeder release --restored, with --as-sent if they went out before"
        )
    if held["uncertain"]:
        found += [
            "Of the uncertain ones the mail server's log knows more: look for their Message-IDs.",
            "Not in the log: feeder release --uncertain sends them (again, if the log was wrong).",
            "In the log, or you would rather that nobody gets two: feeder release --uncertain --as-sent",
        ]
    if held["late"]:
        found.append(
            "Held as too late. Send them all the same: feeder release --late; or not: feeder release --late --as-sent"
        )
    return found

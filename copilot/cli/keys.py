"""`keys new` and `keys renew`: what encrypts the tokens of installations."""

import sys

import typer

from copilot.bootstrap import build_token_box
from copilot.cli.output import console, errors_in_words
from copilot.cli.wiring import open_services
from copilot.errors import BadInputError
from copilot.slack.token_box import new_key
from copilot.workspaces.token_refreshing import reseal, sealed_tokens

keys = typer.Typer(help="The keys in COPILOT_TOKEN_KEYS.", no_args_is_help=True)


@keys.command("new")
def new() -> None:
    """Print a new key for COPILOT_TOKEN_KEYS. It is kept nowhere else.

    To replace a key, put the new one in front (`new,old`), restart every process, run `keys
    renew`, and take the old one away.
    """
    sys.stdout.write(f"{new_key()}\n")


@keys.command("renew")
def renew() -> None:
    """Encrypt all tokens with the first key, after which the others are not needed any more."""
    with errors_in_words():
        services = open_services()
        box = build_token_box(services.settings)
        if box is None:
            raise BadInputError("COPILOT_TOKEN_KEYS is not set, so there is nothing to renew.")
        with services.db.transaction() as session:
            for installation_id, tokens in sealed_tokens(session):
                reseal(session, installation_id, tokens, box.reseal(tokens))
            left = len(sealed_tokens(session))
        console.print(f"{left} installations are encrypted with the first key.")

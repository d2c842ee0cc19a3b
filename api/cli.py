"""``dajian``: the command line. Exit status 0 done, 2 wrong usage or bad input, 1 anything else; never a traceback."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import click

from api.errors import RequestError, ServiceError, ServiceUnavailableError
from data.errors import DataError
from routing.errors import RoutingError
from rules.errors import RulesError

BAD_INPUT = 2
INTERNAL = 1
INTERRUPTED = 130


HELP = {"help_option_names": ["-h", "--help"]}
# Loaded when used: whoever classifies a vehicle need not wait for the web service's libraries.
COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "batch-review": "api.commands.batch_review:batch_review_command",
        "bridge": "api.commands.bridge:bridge_command",
        "classify": "api.commands.classify:classify_command",
        "database": "api.commands.database:database_group",
        "demo": "api.commands.service_demo:demo_command",
        "frontier": "api.commands.frontier:frontier_command",
        "ledger": "api.commands.ledger:ledger_group",
        "migrate": "api.commands.service:migrate_command",
        "network": "api.commands.network:network_group",
        "permit": "api.commands.permit:permit_group",
        "replay": "api.commands.replay:replay_command",
        "review": "api.commands.review:review_command",
        "serve": "api.commands.service:serve_command",
        "worker": "api.commands.service:worker_command",
    }
)


class LazyGroup(click.Group):
    """Loads a command when it is first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, without loading anything."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command; None for a name there is not."""
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            _give_help(command)
            self.add_command(command, cmd_name)
        return super().get_command(ctx, cmd_name)


def _give_help(command: click.Command) -> None:
    """Let a command and those below it know `-h`."""
    command.context_settings = {**command.context_settings, **HELP}
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _give_help(below)


@click.group(cls=LazyGroup, context_settings=HELP)
@click.version_option(package_name="dajian")
def cli() -> None:
    """大件运输路线审查与许可 · Review routes of oversize and overweight road transport, and run its permits."""


def main() -> None:
    """Run the command line and turn every fault into one clear message."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    return run_guarded(lambda: cli.main(arguments, prog_name="dajian", standalone_mode=False))


def run_guarded(command: Callable[[], object]) -> int:
    """Run something a person started.

    Returns:
        The exit status; a fault is told in one message on stderr.
    """
    status = 0
    try:
        command()
    except click.exceptions.Exit as stop:
        status = int(stop.exit_code)
    except click.ClickException as error:
        error.show()
        status = BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except (DataError, RoutingError, RulesError, RequestError, ServiceError) as error:
        click.echo(f"dajian: {error}", err=True)
        status = BAD_INPUT
    except ServiceUnavailableError as error:
        click.echo(f"dajian: {error}", err=True)
        status = INTERNAL
    except Exception as error:
        if os.environ.get("DAJIAN_DEBUG"):
            raise
        # The last line of defence: a traceback is of no use to a user.
        click.echo(f"dajian: internal error: {type(error).__name__}: {error} (DAJIAN_DEBUG=1 shows more)", err=True)
        status = INTERNAL
    return status

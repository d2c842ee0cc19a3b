"""``dajian``: the command line. Exit status 0 done, 2 wrong usage or bad input, 1 anything else; never a traceback."""

import os
import sys
from collections.abc import Callable

import click

from api.commands.bridge import bridge_command
from api.commands.classify import classify_command
from api.commands.demo import applications_command, demo_command
from api.commands.network import network_group
from api.commands.review import review_command
from api.errors import RequestError
from data.errors import DataError
from routing.errors import RoutingError
from rules.errors import RulesError

BAD_INPUT = 2
INTERNAL = 1
INTERRUPTED = 130


HELP = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=HELP)
@click.version_option(package_name="dajian")
def cli() -> None:
    """大件运输路线审查 · Review routes of oversize and overweight road transport."""


cli.add_command(bridge_command)
cli.add_command(classify_command)
cli.add_command(network_group)
cli.add_command(review_command)
network_group.add_command(applications_command)
network_group.add_command(demo_command)

for _command in (*cli.commands.values(), *network_group.commands.values()):
    _command.context_settings = HELP  # each of its own: a command that is first used alone would forget its group's


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
    except (DataError, RoutingError, RulesError, RequestError) as error:
        click.echo(f"dajian: {error}", err=True)
        status = BAD_INPUT
    except Exception as error:
        if os.environ.get("DAJIAN_DEBUG"):
            raise
        # The last line of defence: a traceback is of no use to a user.
        click.echo(f"dajian: internal error: {type(error).__name__}: {error} (DAJIAN_DEBUG=1 shows more)", err=True)
        status = INTERNAL
    return status

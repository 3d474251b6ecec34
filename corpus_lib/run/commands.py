"""The command line as argparse reads it, from the table in `commands.toml`; what a command does is imported when it is asked for, so that `--help` answers at once."""

import argparse
import io
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from corpus_lib.errors import CorpusLibError
from corpus_lib.run.option_table import COMMANDS, EXIT_CODES, arguments, as_options


def done(given: Sequence[str] | None) -> int:
    """Read the arguments and run the command; its exit code."""
    try:
        read = _parser().parse_args(given)
    except SystemExit as end:  # help was asked for, or the arguments are none; argparse said so
        return int(end.code or 0)
    try:
        from corpus_lib.run.actions import ACTIONS

        with redirect_stdout(io.StringIO()) as told:
            code = ACTIONS[read.command](read)
        print(as_options(told.getvalue(), read.command), end="")
        return code
    except CorpusLibError as error:
        print(f"corpus_lib {read.command}: {as_options(str(error), read.command)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        whole = "Every file that was written is whole; the same command goes on from there."
        print(f"corpus_lib {read.command}: stopped. {whole}", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="corpus-lib", epilog=EXIT_CODES, formatter_class=shape,
        description="From a folder of scraped articles to keywords and topics that lead back to the byte.",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        summary = command["summary"]
        said = f"{summary[0].upper()}{summary[1:]}."
        end = command.get("example", "") + EXIT_CODES
        own = commands.add_parser(name, help=summary, description=said, epilog=end, formatter_class=shape)
        for flag, told in arguments(name).items():
            own.add_argument(flag, **told)
    return parser

"""`python -m tools.assets`: vendor the web assets; with `--check`, verify them."""

import argparse
import sys

from tools.assets.build import build
from tools.assets.check import problems
from tools.services.errors import MissingTool


def main() -> None:
    """Build or check, as asked; exits with the problems found."""
    parser = argparse.ArgumentParser(prog="python -m tools.assets", description=__doc__)
    parser.add_argument("--check", action="store_true", help="verify what is vendored; needs no network")
    try:
        if not parser.parse_args().check:
            build()
    except MissingTool as error:
        sys.exit(str(error))
    sys.exit("\n".join(problems()) or 0)


if __name__ == "__main__":
    main()

"""`python -m tools.services`: run Kafka, Elasticsearch and PostgreSQL until Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path

from tools.services.errors import MissingTool, ServiceFailed
from tools.services.local import STATE, LocalServices
from tools.services.service import start_all, stop_all


def main() -> None:
    """Start the services, print how to reach them, and stop them on Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tools.services", description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE, help="folder of the services' data and logs")
    parser.add_argument("--env-file", type=Path, help="write the printed lines to this file, too")
    arguments = parser.parse_args()
    services = LocalServices.under(arguments.state)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        start_all(services.all())
        lines = "".join(f"{name}={value}\n" for name, value in services.environment().items())
        if arguments.env_file:
            arguments.env_file.write_text(lines)
        print(lines + "Ctrl-C stops the services.", flush=True)
        signal.pause()
    except (MissingTool, ServiceFailed) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
    finally:
        stop_all(services.all())


if __name__ == "__main__":
    main()

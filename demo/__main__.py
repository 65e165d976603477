"""`python -m demo`, which `happyhorse demo` and `make demo` run."""

import sys


def main() -> int:
    try:
        from demo.launch import main as launch  # noqa: PLC0415 - what it needs may be missing, which is said below
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "sandbox":
            raise
        print("The demo needs the sandbox: pip install ./packages/sandbox (make demo does)", file=sys.stderr)  # noqa: T201 - a command line speaks so
        return 2
    return launch()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m workflow`: check, compile, show and lint workflows from the command line."""

from .cli.app import main

if __name__ == "__main__":
    main()

"""`python -m api.cli`: the command where it is not on the PATH."""

from api.cli import main

main()

"""The server under test, killed and started again at will."""

from random import Random

from tests.crash.programs import Programs, address_of


class Server:
    """`foedus serve` over one database; `base` is its address of the moment."""

    def __init__(self, programs: Programs, url: str) -> None:
        self._programs = programs
        self._url = url
        self.program, self.base = programs.served(url)

    def restart(self) -> None:
        assert not self.program.running
        self.program, self.base = self._programs.served(self._url)

    def kill(self) -> None:
        """`kill -9`; it must have lived until now."""
        assert self.program.running, self.program.said()
        self.program.kill()

    def start_and_kill(self, dice: Random) -> None:
        """Start it and kill it again: before it listens, or at the moment when it does."""
        program = self._programs.foedus("serve", "--port", "0", url=self._url)
        if dice.random() < 0.5:
            address_of(program)
        program.kill()

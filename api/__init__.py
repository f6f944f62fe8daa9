"""How people and programs reach the system: HTTP, the pages and the ``foedus`` command.

Nothing in here decides what a stance is or how an event is stored; it reads requests
strictly, calls the layers below and turns their answers and refusals into responses.
"""

"""Exports: the log, alignments and incidents as files of forms that other programs read.

`forms` says what an export is; a module a form writes it; `running` makes a file of it.
"""

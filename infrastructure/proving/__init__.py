"""Proofs of the log that hold outside of it: Merkle tree, signed checkpoints, offline proofs.

DESIGN.md sections 7 and 8. ``merkle`` is the arithmetic, ``tree`` keeps the hashes of a log,
``checkpoint`` and ``signing`` say what an operator vouches for, ``proof`` is the file that an
auditor checks without a database, ``derived`` and ``verifying`` check the log itself.
"""

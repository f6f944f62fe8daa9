"""What users ask, answered in SQL from the read models, one module a question.

Every function takes a connection in one read snapshot and a resolved viewpoint, and runs a
number of statements that does not depend on how much it finds. None of them folds the log: the
reference answers of `domain.fold` are what they are tested against.
"""

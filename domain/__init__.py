"""The subject itself: events as claims, the policy, the fold and the append decisions.

Pure functions and frozen data over the standard library only. No clock, no input or
output, no framework: everything here can be read and tested without a database. Reading
order: the vocabulary of events, then claims and dates, then the policy table, then the
fold that answers a question, then the decisions that admit an event to the log.
"""

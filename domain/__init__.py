"""What Foedus is about, in pure Python: no input or output, no clock, nothing but the standard library.

Read in this order: `fields`, `dates`, `claims` and `vocabulary` (what an event may say), `event`,
`checks` and `tags` (when it is valid, what it is filed under), `decisions` (what the log must hold
for it to be accepted), `policy` and `effects` (how it moves stances), `history` and `viewpoint`
(what counts for a question), `fold` (the reference answers, shaped by `answers`).
"""

"""The reference answers: plain folds over the log, written to be read beside DESIGN sections 4-6.

Slow and obviously right. Every answer that SQL gives is tested against these.
"""

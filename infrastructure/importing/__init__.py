"""Real data in: files of conflict datasets, as claims of those who made them (docs/adr/0011)."""

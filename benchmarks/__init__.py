"""`make bench-store`: the store measured beside the raw limits of the machine and beside its peers."""

"""What is measured: the store, its peers and the raw limits, each behind the same few methods."""

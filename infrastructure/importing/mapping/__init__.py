"""Mappings: files in YAML that say what the rows of a table claim (docs/importing.md)."""

"""The migrations in order: each file is one step, named by its day and what it builds."""

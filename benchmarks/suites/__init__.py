"""The suites, each with what it measures and the targets that its figures are held against."""

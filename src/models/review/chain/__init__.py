"""The chain of decisions as a table of the workbench: entries are added one after the other, and never touched again."""

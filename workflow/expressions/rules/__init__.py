"""The tables of operations, by the family of their operands: what is not listed is refused."""

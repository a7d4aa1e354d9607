"""This project's workflows, one module each: made of `workflow` and `handlers` only."""

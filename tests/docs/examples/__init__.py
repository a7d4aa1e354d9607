"""One runnable example for each page of docs/reference: a workflow named `example`, and what its run gives."""

"""What both sides of a Lambda need, the workflow that calls it and the code that runs: a leaf that all may import."""

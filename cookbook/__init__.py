"""Small workflows to start from: one module each, under a screen, whose first lines say when to use it."""

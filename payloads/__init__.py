"""Markers that both sides of a Lambda need; a leaf that imports nothing of the project."""

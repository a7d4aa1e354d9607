"""Tests of the workflows: what they are written out as, and how they behave."""

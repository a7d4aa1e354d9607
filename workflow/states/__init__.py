"""The states, one family per module. Frozen values that know nothing of the graph that they will stand in."""

"""Lambda code: plain typed functions, one module for each, named alike. `entry` turns them into Lambda entry points.

Nothing here needs an environment, a client or a region to be imported, and nothing here knows workflows or Pulumi.
"""

"""AWS services as states with typed arguments, one module per service."""

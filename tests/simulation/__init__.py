"""The pipeline under one seeded scheduler: real definition, engine, pipe and handlers; models of the rest; faults."""

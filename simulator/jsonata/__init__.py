"""JSONata as Step Functions evaluates it: expressions, templates that hold them, and the fields of JSONata states."""

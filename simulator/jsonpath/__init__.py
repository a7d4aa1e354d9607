"""JSONPath as Step Functions evaluates it: paths, payload templates, intrinsic functions, and the fields of states."""

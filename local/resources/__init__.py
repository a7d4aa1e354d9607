"""How each supported type of AWS resource is made in the local AWS, one module a type."""

"""JSONata's built-in functions, and those that Step Functions adds.

https://docs.jsonata.org/string-functions and on; Step Functions' own:
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from simulator.jsonata.library.registry import NATIVES

__all__ = ["NATIVES"]

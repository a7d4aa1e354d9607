"""The names of the functions that every JSONata expression sees: a variable of such a name would hide its function.

https://docs.jsonata.org/overview and, for those that Step Functions adds,
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

FUNCTION_NAMES = frozenset(
    """
    abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent
    distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber
    fromMillis hash join keys length lookup lowercase map match max merge millis min not now number pad parse
    parseInteger partition power random range reduce replace reverse round shuffle sift single sort split spread sqrt
    string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip
    """.split()  # noqa: SIM905
)

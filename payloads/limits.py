"""Sizes that AWS fixes, kept where workflow, handlers and settings can all read them. Plain numbers, no behaviour."""

STATE_BYTES = 262_144
"""Largest input or result of a state, in bytes of UTF-8 (256 KiB); beyond it Step Functions raises
States.DataLimitExceeded, which no catcher sees.
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""

TASK_WRAPPING_BYTES = 4_096
"""What lambda:invoke may add round a function's payload (ExecutedVersion, SdkHttpMetadata, SdkResponseMetadata): about
1 KB as observed, four times that to be safe. A function's own result has to fit in STATE_BYTES without it."""

RESULT_BYTES = STATE_BYTES - TASK_WRAPPING_BYTES
"""Largest result that a Lambda function behind a state may return, in bytes of UTF-8 JSON."""

PAYLOAD_BYTES = 8_192
"""Largest telemetry payload that is taken for a reading (five fields need about 150 bytes); others are quarantined."""

"""EventBridge Pipes on the laptop: from an SQS queue to a state machine or a Lambda function."""

"""AWS Lambda on the laptop: the API behind boto3, and warm worker processes that run AWS's own runtime client."""

"""What Tasks call: Lambda functions through an injected function, AWS services through boto3, nested executions."""

from simulator.integrations.lambda_ import Invoke
from simulator.integrations.runner import AwsTasks
from simulator.integrations.services import Services

__all__ = ["AwsTasks", "Invoke", "Services"]

"""EventBridge Scheduler on the laptop: schedules that invoke Lambda functions and start state machines."""

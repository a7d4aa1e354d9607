"""Plays Pulumi's engine in this process: previews and deploys Pulumi programs without Pulumi's CLI.

`preview` says what a stack would make; `up` makes it in a local AWS. Any Pulumi program in Python works that stays
within the resource types of `local.resources.registry`.

Reading order: run, config, running, failures, monitor, registration, work, planning, deploying, state.
"""

from local.engine.deploying import Deployment, Event
from local.engine.diagnostics import ConfigError, DeploymentError, Place, Problem
from local.engine.planning import Plan
from local.engine.properties import UNKNOWN, Archive, Asset, Secret, Unknown
from local.engine.registration import Resource
from local.engine.run import down, preview, up

__all__ = [
    "UNKNOWN",
    "Archive",
    "Asset",
    "ConfigError",
    "Deployment",
    "DeploymentError",
    "Event",
    "Place",
    "Plan",
    "Problem",
    "Resource",
    "Secret",
    "Unknown",
    "down",
    "preview",
    "up",
]

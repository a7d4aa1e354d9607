"""Pulumi components, one per file; settings.py is the one reader of pulumi.Config."""

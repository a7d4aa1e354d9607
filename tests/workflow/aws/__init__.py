"""Tests of the integrations with AWS's services."""

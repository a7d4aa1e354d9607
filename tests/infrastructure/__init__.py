"""Tests of the Pulumi program: settings, packages, permissions, and every resource of every stack."""

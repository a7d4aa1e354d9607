"""The embedded default: plays Pulumi's engine and AWS on a laptop."""

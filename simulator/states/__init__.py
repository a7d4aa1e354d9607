"""The eight state types of Amazon States Language, one module each."""

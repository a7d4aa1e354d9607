"""The typed workflow DSL: states composed in Python, compiled to Amazon States Language."""

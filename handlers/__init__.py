"""Lambda code: plain typed functions, one module each; entry.py alone knows events and contexts."""

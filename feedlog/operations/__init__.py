"""What one can do with a log, one module per noun. Each takes an open log and returns plain values."""

"""Running the service (运行): start, stop, logs, backup."""

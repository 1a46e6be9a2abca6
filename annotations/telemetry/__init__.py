"""What an installation tells those who run it: which request a line of the log belongs to, and figures for Prometheus."""

"""What those who run the app watch: metrics for Prometheus, and whether it is ready."""

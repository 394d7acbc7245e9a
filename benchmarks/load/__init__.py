"""What the benchmark of serving consists of: a client, the servers, and the views that ours are compared with."""

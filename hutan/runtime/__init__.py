"""What the platform stands on: the embedded database and the processes. Stdlib and psycopg only."""

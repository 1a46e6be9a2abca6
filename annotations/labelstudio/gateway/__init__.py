"""The only way into the Studio: a reverse proxy that lets a person reach their own tasks and nothing else."""

"""What a process leaves behind before others are forked from it."""

from django.db import connections


def leave_database() -> None:
    """Close the connections to the database, and what keeps them ready.

    A pool that were inherited would give one connection to several processes, and open no other and none anew: the threads
    that do so stay in the process that opened it.
    """
    connections.close_all()
    for connection in connections.all(initialized_only=True):
        if hasattr(connection, "close_pool"):  # of PostgreSQL alone
            connection.close_pool()

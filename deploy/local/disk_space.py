"""Whether the disk on which the stores lie takes any more."""

from __future__ import annotations

import shutil

import psycopg

from deploy.local.installation import NAMES, Installation
from deploy.local.servers import LOGIN_SECONDS, database_of

# Less is as good as nothing: a day of use, a backup or a migration needs more.
LEAST_FREE_BYTES = 32 * 2**20
# More than is free within the tables that are there. Nobody else sees it, and it goes when it is rolled back.
_WRITE = "CREATE TEMP TABLE room AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)"


def has_room(installation: Installation) -> bool:
    """Tell whether more can be written; a database server does not say how much, so it is tried."""
    if installation.servers.database is None:
        return shutil.disk_usage(installation.stores).free >= LEAST_FREE_BYTES
    url, _ = database_of(installation.servers.database, NAMES[0])
    try:
        with psycopg.connect(url, connect_timeout=LOGIN_SECONDS) as connection:
            connection.execute(_WRITE)
            connection.rollback()
    except psycopg.errors.DiskFull:
        return False
    return True

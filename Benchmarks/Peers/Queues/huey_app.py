"""The app that huey's consumer and senders load."""

import os

from huey import SqliteHuey

huey = SqliteHuey(
    filename=os.path.join(os.environ["PEER_DATA"], "huey.db"), fsync=True, results=False)


@huey.task()
def nothing(identifier):
    pass

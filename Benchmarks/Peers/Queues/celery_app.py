"""The app that celery's workers and senders load."""

import os

from celery import Celery

app = Celery("peer", broker=os.environ["PEER_URL"])
app.conf.task_ignore_result = True
# A job is taken off the queue when it is done, not before: else a killed worker loses it.
app.conf.task_acks_late = True


@app.task
def nothing(identifier):
    pass

"""The app that procrastinate's workers and senders load."""

import os

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

SENDS = os.environ.get("PEER_SENDS") == "1"
connector = SyncPsycopgConnector if SENDS else PsycopgConnector
app = App(connector=connector(conninfo=os.environ["PEER_DATABASE"]))


@app.task(name="nothing")
def nothing(identifier):
    pass

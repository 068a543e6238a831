"""How the web process runs, in the demo as in a deployment: gunicorn -c python:pitclinic.gunicorn."""

import os
from typing import Any

wsgi_app = "pitclinic.wsgi:application"
bind = os.environ.get("PITCLINIC_BIND", "0.0.0.0:8000")
# A thread is taken for a request that has wholly arrived.
worker_class = "pitclinic.web_worker.ArrivalsWorker"
# Load and check once, then fork: half the start, and a worker that dies is back at once.
preload_app = True
workers = int(os.environ.get("PITCLINIC_WEB_WORKERS", "2"))
# More than can ever wait for a password to be hashed (accounts.hashers): pages are answered meanwhile.
threads = int(os.environ.get("PITCLINIC_WEB_THREADS", "16"))
# Connections of one process that may be open at once, however slow their requests arrive.
worker_connections = 500
timeout = 60
graceful_timeout = int(os.environ.get("PITCLINIC_WEB_GRACE_SECONDS", "20"))
# One request a connection: a proxy never sends one down a connection that is being closed.
keepalive = 0
# Files go out by the same door as pages, where a reader has a deadline.
sendfile = False
max_requests = 5000
max_requests_jitter = 500
# Heartbeats belong in memory: on a slow disk they block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
# The application logs each request, without its query; gunicorn's own access log would write addresses down.
accesslog = None

# Of the hundred connections that PostgreSQL takes; the rest is for workers, backups and whoever looks after it.
DATABASE_CONNECTIONS = 60


def post_fork(server: Any, worker: Any) -> None:
    """A connection for each thread, so that none waits, unless there are more threads than PostgreSQL has room for."""
    from pitclinic import pool

    pool.open_after_fork(most=max(1, min(threads, DATABASE_CONNECTIONS // workers)))


def worker_exit(server: Any, worker: Any) -> None:
    from pitclinic import pool

    pool.close()

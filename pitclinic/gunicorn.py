"""How the web process runs, in the demo as in a deployment: gunicorn -c python:pitclinic.gunicorn."""

import os

wsgi_app = "pitclinic.wsgi:application"
bind = os.environ.get("PITCLINIC_BIND", "0.0.0.0:8000")
worker_class = "gthread"
# Load and check once, then fork: half the start, and a worker that dies is back at once.
preload_app = True
workers = int(os.environ.get("PITCLINIC_WEB_WORKERS", "2"))
# More than can ever wait for a password to be hashed (accounts.hashers): pages are answered meanwhile.
threads = int(os.environ.get("PITCLINIC_WEB_THREADS", "16"))
timeout = 60
graceful_timeout = int(os.environ.get("PITCLINIC_WEB_GRACE_SECONDS", "20"))
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# Heartbeats belong in memory: on a slow disk they block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
# The application logs each request, without its query; gunicorn's own access log would write addresses down.
accesslog = None

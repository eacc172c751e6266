"""The Celery application, for Redis and for a broker inside the process."""

from celery import Celery

MEMORY_BROKER = "memory://"


def build_celery(broker_url: str) -> Celery:
    """A Celery app whose messages are only nudges: losing one loses no work, see sweeping.py."""
    app = Celery("incident-copilot", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_default_queue="incident-copilot",
        task_serializer="json",
        accept_content=["json"],
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(broker_url),
        # With memory:// and the default of one per thread, a burst runs at 100 jobs a second.
        worker_prefetch_multiplier=16 if broker_url == MEMORY_BROKER else 4,
    )
    return app


def _transport_options(broker_url: str) -> dict[str, float]:
    if broker_url == MEMORY_BROKER:
        return {"polling_interval": 0.02}  # the default of 1 s is felt by a person
    return {
        # Longer than any job, or Redis hands a running job to a second worker.
        "visibility_timeout": 600,
        # kombu otherwise looks for jobs of a dead worker every 100 s only.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        # Redis being away must not make Slack wait for its answer: fail at once, do not retry.
        "socket_connect_timeout": 1,
        "socket_timeout": 2,  # above the 1 s that kombu's own blocking reads take
        "max_retries": 0,
    }

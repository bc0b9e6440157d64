"""What can go wrong when a service is started; every message says what to do."""


class MissingTool(RuntimeError):
    """Something that a service needs is not installed; the message is one line that says how to get it."""


class ServiceFailed(RuntimeError):
    """A service ended, or did not answer in time, while it started; the message has its last log lines."""

"""What factories' systems send: the contract of a challenge from outside, version 1."""

CHALLENGE_V1 = "jiebang.intake.challenge.v1"
MOST_BYTES = 256 * 1024

TYPE_HEADER = "ce_type"
FACTORY_HEADER = "jiebang-factory"
"""Set by the API to the factory that the sender was authenticated for."""
REQUEST_HEADER = "jiebang-request"
"""Set by the API to an id that a message keeps wherever the log carries it, however often."""

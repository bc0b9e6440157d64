"""What the API took in for the intake: kept for good, because the log and the inbox are cleared."""

from sqlalchemy import insert

from domain.challenges import Source
from infra.tables.log import intake_receipts
from infra.unit_of_work import SqlUnitOfWork


def keep_receipt(work: SqlUnitOfWork, id: str, factory_id: str, source: Source | None) -> None:
    """Note that the message with the request `id` was accepted, in the transaction that accepts it."""
    receipt = {
        "id": id,
        "factory_id": factory_id,
        "source_system": source.system if source else None,
        "source_id": source.id if source else None,
        "received_at": work.now(),
    }
    work.connection.execute(insert(intake_receipts).values(receipt))

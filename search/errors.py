"""What can go wrong between the product and its catalogue."""

from domain.errors import Invalid


class InvalidCursor(Invalid):
    """The cursor was not made by this catalogue for this query."""

    code = "invalid_cursor"


class CatalogueError(Exception):
    """The catalogue could not do what was asked of it; the message says what to do."""

    code = "catalogue_error"


class CatalogueUnavailable(CatalogueError):
    """The catalogue does not answer now. Nothing is wrong with the request: try again later."""

    code = "catalogue_unavailable"


class DocumentRejected(CatalogueError):
    """The catalogue will never accept the document as it is."""

    code = "document_rejected"


class RebuildOvertaken(CatalogueError):
    """A newer rebuild removed what this one was building."""

    code = "rebuild_overtaken"

"""Lines of the server's log: what failed on which route. Paths, queries, forms and tracebacks hold client data."""

from __future__ import annotations

import logging

from django.http import HttpRequest


class RouteFilter(logging.Filter):
    """Rewrites a record to its level, the route's name and the kind of error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, without what it held of the request."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        status = getattr(record, "status_code", "")
        request = getattr(record, "request", None)
        parts = [route_of(request), str(status), error] if isinstance(request, HttpRequest) else [record.name, error]
        record.msg, record.args = " ".join(part for part in parts if part), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def route_of(request: HttpRequest) -> str:
    """The name of the route that a request found; ``no route`` where it found none."""
    match = request.resolver_match
    return "no route" if match is None else match.view_name

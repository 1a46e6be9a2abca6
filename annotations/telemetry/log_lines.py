"""Lines of the log: as one object of JSON each for whoever gathers logs, or as text for whoever reads them."""

import json
import logging
from datetime import UTC, datetime

from annotations.telemetry.request_ids import current_job, current_request_id

EXTRAS = ("method", "path", "status", "milliseconds")
"""What a line about a request says in fields of its own."""


class WorkFilter(logging.Filter):
    """Adds to each record the request and the job that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        request_id, job = current_request_id(), current_job()
        work = "".join(f" [{part}]" for part in (request_id, job) if part)
        vars(record).update(request_id=request_id, job=job, work=work)
        return True


class JsonFormatter(logging.Formatter):
    """One object of JSON a record, with its trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        for name in ("request_id", "job", *EXTRAS):
            if value := getattr(record, name, ""):
                line[name] = value
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)

"""Work as a Spark task does it: one partition, one item; what was opened for the first serves all of its process."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

import pyarrow as pa

from models.errors import ClientValueError, UserError
from models.store.code import scoring_code
from models.workers import ONE_THREAD, Work

SCHEMA = "place long, result binary"
_FIELDS = pa.schema([("place", pa.int64()), ("result", pa.binary())])
_CODEC = "zstd"


@dataclass(frozen=True)
class Failure:
    """An error of ours that work ended with; it would end so again, and is raised by the driver."""

    error: ClientValueError


@dataclass(frozen=True, kw_only=True)
class Task:
    """What Spark copies to each of its Python processes: the work and its items, pickled.

    ``digest`` tells one work from another, ``code`` the version of this package that must do it.
    """

    payload: bytes
    digest: str
    code: str

    @classmethod
    def of(cls, work: Work[Any, Any], items: Iterable[Any]) -> Task:
        """Work on items, numbered by their order."""
        payload = pickle.dumps((work, tuple(items)))
        return cls(payload=payload, digest=sha256(payload).hexdigest(), code=scoring_code())

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The result of each place, as ``SCHEMA``; for ``mapInArrow``."""
        os.environ.update(ONE_THREAD)  # before libraries with threads are loaded: the cluster counts a task as one core
        for batch in batches:
            places = batch.column(0).to_pylist()
            yield pa.record_batch([places, [_packed(self._result(place)) for place in places]], schema=_FIELDS)

    def _result(self, place: int) -> Any:
        try:
            self._require_same_code()
            work, items = _Kept.of(self)
            (result,) = work([items[place]])
        except ClientValueError as error:
            return Failure(error)
        return result

    def _require_same_code(self) -> None:
        if scoring_code() != self.code:
            raise UserError(
                rule="every executor must have the same clientvalue and libraries as the driver, which make the scores",
                got=f"code {scoring_code()[:12]} there and {self.code[:12]} here",
                remedy="install the same wheel and requirements.lock on both",
            )


def unpacked(result: bytes) -> Any:
    """What a task packed."""
    size = int.from_bytes(result[:8], "little")
    return pickle.loads(pa.decompress(result[8:], decompressed_size=size, codec=_CODEC, asbytes=True))  # noqa: S301 - of our own task, by Spark's channel


def _packed(result: Any) -> bytes:
    """Pickled and compressed: explanations are rounded numbers, and pass through the driver."""
    plain = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
    return len(plain).to_bytes(8, "little") + bytes(pa.compress(plain, codec=_CODEC, asbytes=True))


class _Kept:
    """The work of this process, as long as it is asked for the same."""

    digest: ClassVar[str] = ""
    work: ClassVar[Any] = None

    @classmethod
    def of(cls, task: Task) -> Any:
        """The work and its items, unpickled once."""
        if cls.digest != task.digest:
            cls.work = pickle.loads(task.payload)  # noqa: S301 - of our own driver, by Spark's channel
            cls.digest = task.digest
        return cls.work

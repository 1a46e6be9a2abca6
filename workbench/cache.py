"""A cache in Redis that is as good as empty while Redis is away."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import TimeoutError as SlowError

log = logging.getLogger(__name__)
PAUSE_SECONDS = 5.0


class ForgivingRedisCache(RedisCache):
    """Finds and keeps nothing while Redis does not answer; what must be gone from it, such as an ended session, fails then."""

    _away_since = float("-inf")

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).set(key, value, *args, **options), None)

    def add(self, key: Any, value: Any, *args: Any, **options: Any) -> bool:
        return bool(
            self._try(lambda: super(ForgivingRedisCache, self).add(key, value, *args, **options), False)
        )

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._try(lambda: super(ForgivingRedisCache, self).has_key(key, version), False))

    def _try(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() - ForgivingRedisCache._away_since < PAUSE_SECONDS:
            return otherwise
        try:
            return ask()
        except (AwayError, SlowError):
            ForgivingRedisCache._away_since = time.monotonic()
            log.warning("Redis does not answer; going on without the cache")
            return otherwise

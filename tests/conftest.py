"""How hard Hypothesis looks: as little as finds most, the same on every run in CI, or deep.

``HYPOTHESIS_PROFILE`` names the profile, and so does ``--hypothesis-profile``. A first run on a cold machine may be slow,
so no profile has a deadline; speed is what the benchmarks are for.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The hooks by which the index of tests that show a rule is compared with the tests, or written.
from tests.shown import (  # noqa: F401 - pytest finds them here
    pytest_collection_modifyitems,
    pytest_itemcollected,
    pytest_runtest_call,
    pytest_sessionfinish,
)

settings.register_profile("dev", max_examples=50, deadline=None, print_blob=True)
# The same examples on every run, so that a change passes or fails for what it changes.
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile(
    "deep", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

"""The contract suite asserts as a test file does, so pytest has to know it as one."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.store.contract")

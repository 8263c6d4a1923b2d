"""For whoever writes a store of their own: the tests that every store passes, run by pytest with Hypothesis.

They come with the extra ``testing``, and nothing else of the package imports them. A test file of one class runs them all::

    from eap_workflow.testing import StoreContract

    class TestOurStore(StoreContract):
        @contextmanager
        def fresh(self):
            with closing(OurStore(self.processes)) as store:
                yield store

`lines` has commands as another system sends them, `acts` a service that acts on them and everything that a store can be
asked, `histories` random files of commands, `policies` the contracts that they name, and `failing` a store that fails.
"""

from __future__ import annotations

from eap_workflow.extras import extra

with extra("testing", "pytest"):
    import pytest

# The tests assert as a test file does, so pytest has to know them as one before they are imported.
pytest.register_assert_rewrite(
    *(
        f"eap_workflow.testing.{name}"
        for name in (
            "acts",
            "contract",
            "failing",
            "histories",
            "in_turn",
            "outbox",
            "reading",
            "record",
            "several_workflows",
            "threads",
        )
    )
)

with extra("testing", "hypothesis"):
    from eap_workflow.testing.contract import StoreContract

__all__ = ["StoreContract"]

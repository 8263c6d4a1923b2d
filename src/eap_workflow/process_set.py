"""Several workflows, each found by its name: those whose requests one store keeps, or that one file of commands is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.errors import DefinitionError, InvalidType, InvalidValue, Unknown
from eap_workflow.process import NO_COMMAND, ByClock, Process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.process import Index
    from eap_workflow.steps import Snapshot, Step


class Processes:
    """The workflows whose requests are kept together, each found by its name: in one store, or in one file of commands.

    Args:
        given: The workflows.

    Raises:
        DefinitionError: There is none, or two have the same name.
        InvalidType: One of them is no process.
    """

    __slots__ = ("_by_command", "_by_name", "_commands")

    def __init__(self, *given: Process) -> None:
        if not all(isinstance(each, Process) for each in given):
            raise InvalidType("process", "a Process is needed, such as extra_sessions.PROCESS")
        self._by_name = {process.workflow.name: process for process in given}
        if not given or len(self._by_name) < len(given):
            raise DefinitionError("one workflow at least is needed, and each of them once")
        owners: dict[type, list[Process]] = {}
        for process in given:
            for command in {*process.commands.values()}:
                owners.setdefault(command, []).append(process)
        self._commands = frozenset[type]((*owners, ByClock))
        # A command that several workflows share opens no request of any of them.
        self._by_command = {command: of[0] for command, of in owners.items() if len(of) == 1}

    @classmethod
    def of(cls, given: Process | Processes) -> Processes:
        """One workflow as several, and several as they are."""
        return given if isinstance(given, Processes) else cls(given)

    def __iter__(self) -> Iterator[Process]:
        return iter(self._by_name.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the workflows."""
        return tuple(self._by_name)

    def named(self, name: str) -> Process:
        """Find a workflow by its name.

        Raises:
            Unknown: It is none of these.
        """
        process = self._by_name.get(name)
        if process is None:
            raise Unknown("workflow", f"one of {', '.join(self._by_name)} is needed here")
        return process

    def index(self, snapshot: Snapshot) -> Index:
        """What a store and a service have to know of a request."""
        return self.named(snapshot.workflow).index(snapshot)

    def evolve(self, snapshot: Snapshot | None, step: Step) -> Snapshot:
        """Apply a step, which names its workflow.

        Raises:
            DefinitionError: The step does not follow on the snapshot.
            Unknown: It is of none of these workflows.
        """
        return self.named(step.workflow).evolve(snapshot, step)

    def replay(self, steps: Iterable[Step]) -> Snapshot | None:
        """Add up all steps of a request; None for no step."""
        steps = tuple(steps)
        return self.named(steps[0].workflow).replay(steps) if steps else None

    def asked_by(self, snapshot: Snapshot | None, command: Any, workflow: str | None = None) -> Process:
        """Find the workflow that a command is for: the request's own, or the one that opens a request with it.

        Args:
            snapshot: The request as it stands; None before it is opened.
            command: What is asked for.
            workflow: The workflow that the sender names, where they do.

        Raises:
            InvalidValue: The sender names another workflow than the request's, or the command is of one that is not kept.
            InvalidType: It is no command.
            Unknown: It is none of these workflows.
        """
        if type(command) not in self._commands:
            self._refuse_foreign(command)
        if snapshot is not None:
            process = self.named(snapshot.workflow)
            is_of_another = self._by_command.get(type(command), process) is not process
            if is_of_another or workflow not in (None, snapshot.workflow):
                raise InvalidValue("workflow", f"this request is of another workflow: {snapshot.workflow}")
            return process
        if workflow is not None:
            return self.named(workflow)
        opened = self._by_command.get(type(command))
        if opened is None:
            if len(self._by_name) > 1:
                raise InvalidType("command", "the request has not been opened, and this command opens none")
            (opened,) = self._by_name.values()
        return opened

    def _refuse_foreign(self, command: Any) -> None:
        if isinstance(command, type) or not hasattr(command, "trigger"):
            raise InvalidType("command", NO_COMMAND)
        if not isinstance(command, tuple(self._commands)):
            raise InvalidValue("workflow", f"a command of what is kept here is needed: {', '.join(self._by_name)}")

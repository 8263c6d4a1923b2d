"""What says which extra a package comes with, where it is imported and not installed."""

from __future__ import annotations

MISSING = "{package} is not installed; it comes with the extra '{extra}': pip install 'eap-workflow[{extra}]'"


class extra:  # noqa: N801 - it reads as what it does, as contextlib.suppress
    """Import what an extra brings, and name the extra where it is not there.

    Args:
        name: The extra.
        packages: What is imported of it.
    """

    __slots__ = ("_name", "_packages")

    def __init__(self, name: str, *packages: str) -> None:
        self._name = name
        self._packages = packages

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, ModuleNotFoundError):
            return
        package = (error.name or "").partition(".")[0]
        # Another module that is missing is no matter of the extra.
        if package in self._packages:
            raise ModuleNotFoundError(MISSING.format(package=package, extra=self._name), name=error.name) from None

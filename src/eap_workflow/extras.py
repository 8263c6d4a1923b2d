"""What says which extra a package comes with, where it is needed and not installed."""

from __future__ import annotations


class NotInstalled(ModuleNotFoundError):
    """A package of an extra is needed, and not installed.

    Args:
        package: The package.
        extra: The extra that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        said = f"{package} is not installed; it comes with the extra '{extra}': pip install 'eap-workflow[{extra}]'"
        super().__init__(said, name=package)
        self._made_of = (package, extra)

    def __reduce__(self) -> tuple[type[NotInstalled], tuple[str, str]]:
        return type(self), self._made_of


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
            raise NotInstalled(package, self._name) from None

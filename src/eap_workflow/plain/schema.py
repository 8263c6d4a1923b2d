"""The published form of what ``wire`` reads and writes, as JSON Schema (draft 2020-12).

A schema is drawn from the same plan that the codec follows, so what it permits is what is read. It adds what a class
says about its values: bounds from the metadata of its attributes, descriptions from its docstring. Three things no
schema can say: ``3.0`` is an integer to JSON Schema and no whole number here; NUL and halves of surrogate pairs are
refused before; and rules between two attributes are the class's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.errors import DefinitionError
from eap_workflow.plain.docstrings import attributes_of, summary_of
from eap_workflow.plain.wire import Field, Shape, record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Which keywords an attribute's metadata may give: of each single value that it holds, and of a list or mapping of them.
_OF_ONE = ("minimum", "maximum", "pattern", "minLength", "maxLength")
_OF_ALL = ("minItems", "maxItems", "minProperties", "maxProperties")

Schema = dict[str, Any]


def json_schema(cls: type, *, title: str) -> Schema:
    """Draw the schema of an attrs class.

    Args:
        cls: The class; classes inside it become ``$defs``.
        title: What the schema calls itself.

    Raises:
        DefinitionError: The class has no plain form, or two classes inside it have the same name.
    """
    definitions = _Definitions()
    return _document(title, definitions.of_class(cls), definitions)


def tagged_schema(tag_key: str, classes: Mapping[str, type], common: type, *, title: str) -> Schema:
    """Draw the schema of objects that say by a constant key which class they are, like ``{"do": "draft", ...}``.

    Args:
        tag_key: The key.
        classes: The class for each value of the key.
        common: The class whose attributes every one of the objects has too, beside its own.
        title: What the schema calls itself.

    Raises:
        DefinitionError: A class and the common one, or the tag, want the same key; or as for ``json_schema``.
    """
    definitions = _Definitions()
    variants = []
    for tag, cls in classes.items():
        fields = (*record_of(common).fields, *record_of(cls).fields)
        keys = [tag_key, *(field.key for field in fields)]
        if len(set(keys)) != len(keys):
            raise DefinitionError(f"{cls.__name__}: a key of it is a common key as well")
        variant = {"title": tag, **_described(summary_of(cls)), **definitions.of_fields(fields, (common, cls))}
        variant["properties"] = {tag_key: {"const": tag}, **variant["properties"]}
        variant["required"] = [tag_key, *variant["required"]]
        variants.append(variant)
    # Naming the tags first lets a validator say that a tag is unknown, instead of that no variant fits.
    tags = {"type": "object", "required": [tag_key], "properties": {tag_key: {"enum": list(classes)}}}
    return _document(title, {**tags, "oneOf": variants}, definitions)


def _document(title: str, schema: Schema, definitions: _Definitions) -> Schema:
    drawn = definitions.drawn()
    return {"$schema": DIALECT, "title": title, **schema, **({"$defs": drawn} if drawn else {})}


class _Definitions:
    """Draws classes, and collects those that are referred to by name."""

    def __init__(self) -> None:
        self._schemas: dict[str, Schema] = {}
        self._classes: dict[str, type] = {}

    def drawn(self) -> dict[str, Schema]:
        return dict(sorted(self._schemas.items()))

    def of_class(self, cls: type) -> Schema:
        return {**_described(summary_of(cls)), **self.of_fields(record_of(cls).fields, (cls,))}

    def of_fields(self, fields: Iterable[Field], described_by: tuple[type, ...]) -> Schema:
        descriptions: dict[str, str] = {}
        for cls in described_by:
            descriptions |= attributes_of(cls)
        fields = tuple(fields)
        return {
            "type": "object",
            "properties": {field.key: self._of_field(field, descriptions.get(field.name, "")) for field in fields},
            "required": [field.key for field in fields if field.required],
            "additionalProperties": False,
        }

    def _of_field(self, field: Field, description: str) -> Schema:
        schema = self._of_shape(field.shape, _keywords(field, _OF_ONE)) | _keywords(field, _OF_ALL)
        if field.nullable:
            schema = {"anyOf": [schema, {"type": "null"}]}
        return _described(field.metadata.get("description", description)) | schema

    def _of_shape(self, shape: Shape, bounds: Schema) -> Schema:
        match shape:
            case Shape(record=cls) if cls is not None:
                return self._reference(cls)
            case Shape(kind="map", key=key, item=item) if key is not None and item is not None:
                names = {"propertyNames": {"enum": list(key.choices)}} if key.choices else {}
                return {"type": "object", **names, "additionalProperties": self._of_shape(item, bounds)}
            case Shape(kind=kind, item=item) if item is not None:
                unique = {"uniqueItems": True} if kind == "set" else {}
                return {"type": "array", "items": self._of_shape(item, bounds), **unique}
        return _SCALARS[shape.kind] | _texts_of(shape) | bounds

    def _reference(self, cls: type) -> Schema:
        name = cls.__name__
        if self._classes.setdefault(name, cls) is not cls:
            raise DefinitionError(f"two classes in one schema are named {name}")
        if name not in self._schemas:
            self._schemas[name] = {}  # a class that holds itself finds its name taken
            self._schemas[name] = self.of_class(cls)
        return {"$ref": f"#/$defs/{name}"}


# A time of day has no format: the one that JSON Schema names "time" wants an offset.
_SCALARS: dict[str, Schema] = {
    "text": {"type": "string"},
    "whole": {"type": "integer"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "time": {"type": "string"},
    "choice": {"type": "string"},
}


def _texts_of(shape: Shape) -> Schema:
    if shape.choices:
        return {"enum": list(shape.choices)}
    return {"pattern": f"^{shape.pattern}$"} if shape.pattern else {}


def _keywords(field: Field, names: Iterable[str]) -> Schema:
    return {name: field.metadata[name] for name in names if name in field.metadata}


def _described(text: str) -> Schema:
    return {"description": text} if text else {}

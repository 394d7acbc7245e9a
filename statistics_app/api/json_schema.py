"""The parts that JSON Schemas of the API are made of."""

from .operation import JSONSchema

TEXT: JSONSchema = {"type": "string"}
NUMBER: JSONSchema = {"type": "number"}
WHOLE: JSONSchema = {"type": "integer"}
COUNT: JSONSchema = {"type": "integer", "minimum": 0}
FLAG: JSONSchema = {"type": "boolean"}
TIME: JSONSchema = {"type": "string", "format": "date-time"}
ID: JSONSchema = {"type": "string", "minLength": 17, "maxLength": 17}
TRUE: JSONSchema = {"type": "boolean", "const": True}
FALSE: JSONSchema = {"type": "boolean", "const": False}


def object_schema(properties: dict[str, JSONSchema], *, optional: tuple[str, ...] = ()) -> JSONSchema:
    """Return the schema of an object with these properties and no others; all are required except the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def array_schema(items: JSONSchema) -> JSONSchema:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def nullable(schema: JSONSchema) -> JSONSchema:
    """Return the schema of a value that may also be null."""
    return {**schema, "type": [schema["type"], "null"]}


def component_ref(component: str) -> JSONSchema:
    """Return a `$ref` to a component."""
    return {"$ref": f"#/components/schemas/{component}"}


def component(description: str, schema: JSONSchema) -> JSONSchema:
    return {"description": description, **schema}

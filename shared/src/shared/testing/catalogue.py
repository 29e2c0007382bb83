"""The catalogue of events: JSON Schemas, examples, a reference and an AsyncAPI document, made from the models.

`python -m shared.testing.catalogue write` renews it, `check` compares it with the models and with every released
version: a released event only ever gains optional fields; whatever changes more is a new major type.
`release 1.2.0` keeps today's schemas and examples as that version.
"""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from shared.contracts.erp import ErpEvent
from shared.contracts.event import Event
from shared.contracts.inbox import InboxEvent
from shared.contracts.registry import ERP_EVENTS, EVENTS, INBOX_EVENTS
from shared.messaging.routes import ERP_TOPICS, TOPICS
from shared.testing.examples import erp_examples, our_examples
from shared.testing.inbox_examples import inbox_examples
from shared.testing.reference import reference

FOLDER = Path(__file__).parents[3] / "catalogue"
MODELS: Mapping[str, type[BaseModel]] = {**ERP_EVENTS, **INBOX_EVENTS, **EVENTS}


def documents() -> dict[str, str]:
    """Every file of the catalogue: name → text."""
    files = {f"schemas/{name}.json": _json(_schema(name, model)) for name, model in MODELS.items()}
    examples: Iterator[Event | ErpEvent | InboxEvent] = chain(
        erp_examples(), inbox_examples(), our_examples()
    )
    for event in examples:
        files[f"examples/{event.TYPE}.json"] = (
            event.model_dump_json(indent=2, exclude_none=True) + "\n"
        )
    told = {name: files[f"examples/{name}.json"] for name in MODELS}
    files["README.md"] = reference(MODELS, TOPICS, told)
    files["asyncapi.yaml"] = yaml.safe_dump(
        _asyncapi(), sort_keys=False, allow_unicode=True, width=120
    )
    return files


def faults() -> Iterator[str]:
    """What is wrong with the committed catalogue, in sentences."""
    wanted = documents()
    for name, text in wanted.items():
        file = FOLDER / name
        if not file.exists() or file.read_text() != text:
            yield f"{name} is not what the models say: run `make catalogue-write`"
    for file in chain(FOLDER.glob("schemas/*"), FOLDER.glob("examples/*")):
        if str(file.relative_to(FOLDER)) not in wanted:
            yield f"{file.name} belongs to no event"
    for release in sorted(FOLDER.glob("released/*")):
        yield from _broken_promises(release)


def _broken_promises(release: Path) -> Iterator[str]:
    for file in sorted(release.glob("schemas/*.json")):
        model = MODELS.get(file.stem)
        if model is None:
            yield f"{file.stem} was released with {release.name} and is gone"
            continue
        changes = incompatible(json.loads(file.read_text()), _schema(file.stem, model))
        yield from (f"{file.stem} since {release.name}: {change}" for change in changes)
    for file in sorted(release.glob("examples/*.json")):
        try:
            if model := MODELS.get(file.stem):
                model.model_validate_json(file.read_text())
        except ValidationError as error:
            yield f"the example of {file.stem} from {release.name} is not understood any more: {error}"


def incompatible(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Why a reader or teller of the old schema could not live with the new one."""
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{path}/{name} was taken away"
        elif _meaning(before[name]) != _meaning(after[name]):
            yield f"{path}/{name} changed its meaning"
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{path}/{name} became required"
    for name in set(old.get("required", ())) - set(new.get("required", ())):
        yield f"{path}/{name} may now be absent"
    for name, definition in old.get("$defs", {}).items():
        yield from incompatible(definition, new.get("$defs", {}).get(name, {}), f"{path}#{name}")
        if gone := set(definition.get("enum", ())) - set(
            new.get("$defs", {}).get(name, {}).get("enum", ())
        ):
            yield f"{path}#{name} no longer knows {sorted(gone)}"


def _meaning(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in schema.items()
        if key not in {"title", "description", "examples"}
    }


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    """As the event is written: ours as we serialize it, the ERP's as we take it."""
    mode: Any = "validation" if name in ERP_EVENTS else "serialization"
    return {"$id": f"urn:dunwell:schema:{name}", **model.model_json_schema(mode=mode)}


def _asyncapi() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dunwell events",
            "version": "1",
            "description": "CloudEvents 1.0 in binary mode on Kafka; the key is the customer.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in TOPICS},
        "operations": {topic.replace(".", "-"): _operation(topic) for topic in TOPICS},
        "components": {"messages": {name: _message(name, model) for name, model in MODELS.items()}},
    }


def _channel(topic: str) -> dict[str, Any]:
    names = [name for name, model in MODELS.items() if getattr(model, "TOPIC", "") == topic]
    return {
        "address": topic,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _operation(topic: str) -> dict[str, Any]:
    """`receive` is what we take from ERPs; all else we send."""
    return {
        "action": "receive" if topic in ERP_TOPICS else "send",
        "channel": {"$ref": f"#/channels/{topic}"},
    }


def _message(name: str, model: type[BaseModel]) -> dict[str, Any]:
    said = (vars(model).get("__doc__") or name).strip()
    return {
        "name": name,
        "title": said.partition("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"schemas/{name}.json"},
    }


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Renew the committed files; what belongs to no event goes."""
    for part in ("schemas", "examples"):
        shutil.rmtree(FOLDER / part, ignore_errors=True)
    for name, text in documents().items():
        file = FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def release(version: str) -> None:
    """Keep today's schemas and examples as that version, for ever."""
    for part in ("schemas", "examples"):
        shutil.copytree(FOLDER / part, FOLDER / "released" / version / part)


def _main(command: str, *arguments: str) -> int:
    if command == "write":
        write()
    elif command == "release":
        release(*arguments)
    found = list(faults())
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    sys.stdout.write(f"catalogue: {len(MODELS)} events, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(_main(*sys.argv[1:]))

"""What we deploy is what a cluster and a compose engine accept, and keeps the rules that docs/operations.md names."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from shared.instruments import metrics
from shared.messaging.routes import PARTITIONS, TOPICS

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy" / "k8s"
OBSERVABILITY = ROOT / "deploy" / "observability"
KUSTOMIZE = ROOT / ".local" / "cache" / "kustomize"
KUBERNETES = "1.34"
SERVICES = ("disputes", "ledger", "notifier", "portal-api", "scheduler")
OVERLAYS = ("production", "staging")

OURS = ("kustomize.config.k8s.io", "keda.sh")
"""Kinds that are no part of Kubernetes itself; they are looked at below."""
SECRET_NAMES = re.compile(r"PASSWORD|TOKEN|SECRET|DATABASE_URL|KEY$")
DRAIN_SECONDS, NOTICE_SECONDS = 20, 5

needs_kustomize = pytest.mark.skipif(not KUSTOMIZE.exists(), reason="make tools fetches kustomize")
needs_prometheus = pytest.mark.skipif(
    not shutil.which("promtool"), reason="make tools installs prometheus"
)


def documents(text: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(text) if one]


def written() -> list[tuple[Path, dict[str, Any]]]:
    return [
        (path, one) for path in sorted(K8S.rglob("*.yaml")) for one in documents(path.read_text())
    ]


def built(overlay: str) -> list[dict[str, Any]]:
    """The overlay as kustomize itself builds it."""
    if str(KUSTOMIZE) not in sys.path:
        sys.path.append(str(KUSTOMIZE))
    kustomize = import_module("pykustomize")
    answer = asyncio.run(kustomize.build_json(K8S / "overlays" / overlay))
    return list(answer.resources)


def pods(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(kind/name, pod spec) of everything that runs containers."""
    for one in found:
        spec = one.get("spec", {})
        template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get(
            "template"
        )
        if template:
            yield f"{one['kind']}/{one['metadata']['name']}", template["spec"]


def of_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in found if one["kind"] == kind]


class TestKubernetes:
    def test_every_document_is_valid_by_itself(self) -> None:
        for path, one in written():
            if not one["apiVersion"].startswith(OURS):
                kubernetes_validate.validate(one, KUBERNETES, strict=True)
            assert path.suffix == ".yaml"

    def test_containers_are_locked_down_and_bounded(self) -> None:
        running = list(pods([one for _, one in written()]))

        assert len(running) >= 4
        for name, pod in running:
            assert pod["securityContext"]["runAsNonRoot"] is True, name
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
            assert pod["automountServiceAccountToken"] is False, name
            for container in pod["containers"]:
                lock = container["securityContext"]
                assert lock["readOnlyRootFilesystem"] is True, name
                assert lock["allowPrivilegeEscalation"] is False, name
                assert lock["capabilities"] == {"drop": ["ALL"]}, name
                assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
                assert "memory" in container["resources"]["limits"], name

    def test_what_lives_long_is_probed_and_has_time_to_drain(self) -> None:
        for _, one in written():
            if one["kind"] not in {"Deployment", "StatefulSet"}:
                continue
            pod = one["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            probes = {
                probe: container[probe]["httpGet"]["path"]
                for probe in ("startupProbe", "livenessProbe", "readinessProbe")
            }
            assert probes == {
                "startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz",
            }  # fmt: skip
            assert pod["terminationGracePeriodSeconds"] > DRAIN_SECONDS + NOTICE_SECONDS

    def test_no_secret_is_written_down(self) -> None:
        kinds = {one["kind"] for _, one in written()}
        plain = [
            (path.name, variable["name"])
            for path, one in written()
            for _, pod in pods([one])
            for container in pod["containers"]
            for variable in container.get("env", ())
            if SECRET_NAMES.search(variable["name"]) and "value" in variable
        ]

        assert "Secret" not in kinds
        assert plain == []


@needs_kustomize
@pytest.mark.parametrize("overlay", OVERLAYS)
class TestOverlays:
    def test_everything_that_comes_out_is_valid(self, overlay: str) -> None:
        found = built(overlay)

        for one in found:
            if not one["apiVersion"].startswith(OURS):
                kubernetes_validate.validate(one, KUBERNETES, strict=True)
        names = {(one["kind"], one["metadata"]["name"]) for one in found}
        assert len(names) == len(found)

    def test_each_service_has_doors_workers_and_a_migration(self, overlay: str) -> None:
        found = built(overlay)

        names = {(one["kind"], one["metadata"]["name"]) for one in found}
        for service in SERVICES:
            for kind, part in (
                ("Deployment", "api"), ("StatefulSet", "worker"), ("Job", "migrate"), ("ScaledObject", "worker"),
                ("PodDisruptionBudget", "api"), ("PodDisruptionBudget", "worker"), ("NetworkPolicy", "ways"),
            ):  # fmt: skip
                assert (kind, f"{service}-{part}") in names
        assert ("NetworkPolicy", "nothing") in names
        for name, pod in pods(found):
            sources = [*pod["containers"][0]["envFrom"]]
            assert any("secretRef" in one for one in sources), name
            assert ":" in pod["containers"][0]["image"], name

    def test_workers_follow_the_lag_up_to_the_partitions_and_keep_their_names(
        self, overlay: str
    ) -> None:
        found = built(overlay)

        workers = {one["metadata"]["name"]: one["spec"] for one in of_kind(found, "StatefulSet")}
        scaled = of_kind(found, "ScaledObject")
        assert len(scaled) == len(workers) == len(SERVICES)
        for one in scaled:
            spec, service = one["spec"], one["metadata"]["labels"]["app.kubernetes.io/name"]
            (trigger,) = spec["triggers"]
            assert spec["scaleTargetRef"]["name"] in workers
            assert spec["minReplicaCount"] <= spec["maxReplicaCount"] <= PARTITIONS
            assert trigger["type"] == "kafka"
            assert trigger["metadata"]["consumerGroup"] == f"dunwell-{service}"
        for name, spec in workers.items():
            assert "replicas" not in spec, "an apply must not fight with the autoscaler"
            assert spec["serviceName"] == name
            env = {one["name"]: one for one in spec["template"]["spec"]["containers"][0]["env"]}
            for setting in ("KAFKA_STATIC_MEMBERSHIP", "INSTANCE_NAME"):
                field = env[setting]["valueFrom"]["fieldRef"]["fieldPath"]
                assert field == "metadata.name"

    def test_ways_are_of_one_service_each(self, overlay: str) -> None:
        ways = {one["metadata"]["name"]: one for one in of_kind(built(overlay), "NetworkPolicy")}

        assert ways.pop("nothing")["spec"]["podSelector"] == {}
        for name, one in ways.items():
            chosen = one["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
            assert name.startswith(chosen), f"{name} is for {chosen}"

    def test_selectors_choose_one_component_of_one_service(self, overlay: str) -> None:
        found = built(overlay)

        for one in (*of_kind(found, "Service"), *of_kind(found, "PodDisruptionBudget")):
            selector = one["spec"]["selector"]
            labels = selector.get("matchLabels", selector)
            assert {"app.kubernetes.io/name", "app.kubernetes.io/component"} <= labels.keys()


class TestCompose:
    def test_the_file_is_valid(self) -> None:
        checker = Path(sys.executable).with_name("check-jsonschema")
        done = subprocess.run(
            [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stdout

    def test_it_runs_all_services_on_all_topics_and_mounts_what_there_is(self) -> None:
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

        assert {name for name in services if f"{name}-migrate" in services} == set(SERVICES)
        assert {"kafka", "postgres", "mail", "traces", "prometheus", "grafana"} <= services.keys()
        (script,) = services["topics"]["command"]
        assert all(topic in script for topic in TOPICS)
        assert f"--partitions {PARTITIONS} " in script
        for name, service in services.items():
            for mount in service.get("volumes", ()):
                source = mount.partition(":")[0]
                assert not source.startswith(".") or (ROOT / source).exists(), f"{name}: {source}"

    def test_images_are_made_in_one_way(self) -> None:
        patterns = {
            (ROOT / "services" / service / "Dockerfile").read_text().replace(service, "SERVICE")
            for service in SERVICES
        }

        assert len(patterns) == 1


class TestObservability:
    def test_alerts_and_panels_ask_for_metrics_that_exist(self) -> None:
        asked = set()
        for name in ("alerts.yml", "grafana/dunwell.json"):
            asked |= set(re.findall(r"dunwell_[a-z0-9_]+", (OBSERVABILITY / name).read_text()))

        told = set(
            re.findall(r"^# TYPE (dunwell_\w+)", metrics.exposition().decode(), re.MULTILINE)
        )
        known = told | {f"{name}{end}" for name in told for end in ("_bucket", "_count", "_sum")}
        assert asked <= known, asked - known
        assert len(asked) > 15

    def test_every_alert_has_a_runbook_and_every_runbook_an_alert(self) -> None:
        rules = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())["groups"][0]["rules"]
        page = (ROOT / "docs" / "operations.md").read_text()

        assert set(re.findall(r"^### (\w+)$", page, re.MULTILINE)) == {
            one["alert"] for one in rules
        }

    @needs_prometheus
    @pytest.mark.parametrize(
        "command",
        [
            ("check", "config", "prometheus.yml"),
            ("check", "rules", "alerts.yml"),
            ("test", "rules", "alerts_test.yml"),
        ],
    )
    def test_prometheus_takes_them_and_each_alert_fires_on_its_trouble(
        self, command: tuple[str, ...]
    ) -> None:
        done = subprocess.run(
            ["promtool", *command], cwd=OBSERVABILITY, capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stdout + done.stderr

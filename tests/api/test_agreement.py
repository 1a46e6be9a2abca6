"""A project's agreement by REST."""

import csv
from http import HTTPStatus

import pytest

from annotations.agreement.gamma.options import GammaOptions
from annotations.models import Role, User
from annotations.reliability.counting import Options
from annotations.reliability.full_report import PARTS
from annotations.reliability.reports import report
from tests.api.world import World, call_as

pytestmark = pytest.mark.django_db


def test_a_manager_reads_the_agreement_that_the_service_reports(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    found = client.get(f"/api/v1/projects/{world.project.pk}/agreement/?samples=50").json()

    assert found.pop("hidden_articles") == 0
    fields = found.pop("fields")
    assert found.pop("schemes") == [world.project.scheme.definition.identifier]
    assert all(metric.pop("words") for metric in found["metrics"].values())
    assert found == report(world.project, options=Options(samples=50)).to_json()
    assert {"genre", "confidence"} <= set(fields)
    assert (
        fields["genre"]["metrics"]["alpha_nominal"]["n_documents"]
        == fields["genre"]["data"]["n_items_compared"]
    )
    assert any(metric["value"] is not None for metric in found["metrics"].values())


def test_agreement_can_be_asked_for_a_round_and_by_label(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/projects/{world.project.pk}/agreement/?samples=0"
    everything = client.get(address).json()
    names = list(everything["metrics"])
    one = client.get(f"{address}&metric={names[0]}&round=1&by=label").json()
    assert list(one["metrics"]) == [names[0]]
    assert everything["fields"]
    assert one["fields"] == {}
    assert one["metrics"][names[0]]["by_label"]
    assert one["data"] != client.get(f"{address}&metric={names[0]}").json()["data"]


def test_agreement_comes_as_csv_too(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/projects/{world.project.pk}/agreement/?samples=0&metric=f1_strict&by=pair"
    whole = client.get(address).json()["metrics"]["f1_strict"]
    answer = client.get(f"{address}&format=csv")
    assert answer["Content-Type"].startswith("text/csv")
    first, *rest = csv.DictReader(answer.content.decode().splitlines())
    assert (first["slice"], float(first["value"])) == ("all", whole["value"])
    assert [row["of"] for row in rest if row["slice"] == "pair"] == list(whole["by_pair"])


def test_agreement_can_be_asked_for_some_annotators(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/projects/{world.project.pk}/agreement/?samples=0&metric=f1_strict"
    annotators = list(
        User.objects.filter(
            assignments__current__isnull=False, assignments__task__round__project=world.project
        )
        .distinct()
        .values_list("email", flat=True)
    )
    chosen = client.get(f"{address}&annotator={annotators[0].upper()}").json()
    assert len(annotators) > 1
    assert chosen["data"]["n_annotators"] == 1
    assert client.get(f"{address}&annotator=nobody@example.org").status_code == HTTPStatus.BAD_REQUEST


def test_gamma_can_be_told_how(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/projects/{world.project.pk}/agreement/?metric=gamma_cat&samples=0&seed=4"
    told = "&alpha=3&beta=2&sampler=shuffle&gamma_samples=9&precision=0.05&chance=document"
    gamma = client.get(address + told).json()["metrics"]["gamma_cat"]
    options = GammaOptions(
        alpha=3, beta=2, sampler="shuffle", samples=9, precision=0.05, seed=4, chance="document"
    )
    assert gamma["parameters"] == gamma["parameters"] | options.to_json()


def test_parts_of_the_report_can_be_asked_for(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/projects/{world.project.pk}/agreement/?metric=f1_strict&samples=0"
    assert client.get(address).json().keys().isdisjoint(PARTS)
    whole = client.get(f"{address}&with={','.join(PARTS)}").json()
    assert whole.keys() >= PARTS.keys()
    assert [row["round"] for row in whole["rounds"]] == list(
        world.project.rounds.order_by("number").values_list("number", flat=True)
    )
    rows = csv.DictReader(client.get(f"{address}&with=confusion&format=csv").content.decode().splitlines())
    positions = {row["of"]: int(row["value"]) for row in rows if row["slice"] == "positions"}
    assert positions == {row["label"]: row["positions"] for row in whole["confusion"]}


def test_the_description_names_every_option_and_part(world: World) -> None:
    description = call_as(world, Role.MANAGER).get("/api/v1/schema/").json()
    operation = description["paths"]["/api/v1/projects/{id}/agreement/"]["get"]
    options = {parameter["name"] for parameter in operation["parameters"]}
    assert options >= {"with", "alpha", "beta", "sampler", "gamma_samples", "precision", "chance", "seed"}
    answer = description["components"]["schemas"]["Agreement"]
    assert answer["properties"].keys() >= PARTS.keys()
    assert set(answer["required"]).isdisjoint(PARTS)


@pytest.mark.parametrize(
    "query",
    [
        "with=mood",
        "alpha=-1",
        "alpha=nan",
        "alpha=0&beta=0",
        "sampler=dice",
        "chance=dice",
        "gamma_samples=0",
        "precision=0",
        "precision=1",
        "unit=furlong",
        "format=xml",
        "metric=no-such",
        "by=phase-of-the-moon",
        "round=x",
        "round=0",
        "samples=-1",
        "confidence=2",
        "x=1",
    ],
)
def test_a_choice_that_does_not_exist_is_400(world: World, query: str) -> None:
    client = call_as(world, Role.MANAGER)
    response = client.get(f"/api/v1/projects/{world.project.pk}/agreement/?{query}")
    assert response.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.ADJUDICATOR, Role.CONSUMER])
def test_nobody_but_a_manager_reads_the_agreement(world: World, role: str) -> None:
    response = call_as(world, role).get(f"/api/v1/projects/{world.project.pk}/agreement/")
    assert response.status_code == HTTPStatus.FORBIDDEN


def test_distances_between_labels_can_be_given(world: World) -> None:
    client = call_as(world, Role.MANAGER)
    address = f"/api/v1/projects/{world.project.pk}/agreement/"
    asked = {
        "metric": "alpha_custom,alpha_nominal",
        "samples": "0",
        "distances": '{"Claim": {"Stance": 0.5}}',
    }
    metrics = client.get(address, asked).json()["metrics"]
    assert metrics["alpha_custom"]["parameters"]["distances"] == {"Claim": {"Stance": 0.5}}
    plain = client.get(address, {**asked, "distances": "{}"}).json()["metrics"]
    assert plain["alpha_custom"]["value"] == pytest.approx(plain["alpha_nominal"]["value"])
    for wrong in ("{", "[1]", '{"Claim": {"Stance": 2}}'):
        assert client.get(address, {**asked, "distances": wrong}).status_code == HTTPStatus.BAD_REQUEST

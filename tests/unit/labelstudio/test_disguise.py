"""Nothing that the Studio says about accounts reaches an annotator; what they annotate is left alone."""

from annotations.labelstudio.gateway.disguise import hide_accounts, hide_accounts_in_page, tell_versions

EMAIL = "workbench@service.example"


def test_addresses_vanish_under_any_key() -> None:
    """A draft names its account under `user`, an annotation in the middle of its `created_username`."""
    answer = {
        "user": EMAIL,
        "created_username": f" {EMAIL}, 1",
        "completed_by": {"id": 1, "email": EMAIL, "avatar": None},
        "anything": [f"by <{EMAIL}> today"],
    }
    assert EMAIL not in str(hide_accounts(answer))
    assert hide_accounts(answer)["completed_by"] == 1


def test_an_article_keeps_the_addresses_that_it_prints() -> None:
    task = {
        "data": {"text": "Write to press@nato.example."},
        "result": [{"value": {"text": "press@nato.example"}}],
    }
    assert hide_accounts(task) == task


def test_a_trace_is_never_told() -> None:
    assert hide_accounts({"detail": "no", "exc_info": "Traceback ..."}) == {"detail": "no"}


def test_a_page_names_nobody() -> None:
    page = f'user: {{ id: 1, username: "{EMAIL}", email: "{EMAIL}", initials: "wo" }}'
    assert EMAIL not in hide_accounts_in_page(page)


def test_versions_are_told_without_commits() -> None:
    uploaded = "2026-01-02T03:04:05"
    versions = {
        "release": "1.23.2",
        "label-studio-os-package": {
            "version": "1.23.2",
            "latest_version_upload_time": uploaded,
            "current_version_is_outdated": True,
        },
        "lsf": {"message": "fix: a hole", "commit": "8fe3d97", "branch": "develop", "version": "0.0.0"},
        "edition": "Community",
    }
    assert tell_versions(versions) == {
        "release": "1.23.2",
        "label-studio-os-package": {"version": "1.23.2", "latest_version_upload_time": uploaded},
        "lsf": {"version": "0.0.0"},
    }

"""A manager tidies up: an article is left out and taken back, an import undone, a project archived, brought back and deleted."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import People, import_files

ARTICLES = [
    FilePayload(name=f"{name}.txt", mimeType="text/plain", buffer=f"{name} agreed to talks.".encode())
    for name in ("Kyiv", "Oslo")
]


def test_a_manager_excludes_archives_and_undoes(people: People) -> None:
    page = people.page_of("manager@example.org")
    make_project(page, "Tidy")
    exclude_and_include(page)
    archive_and_restore(page)
    undo_the_import(page)
    delete_the_project(page)
    page.close()


def make_project(page: Page, name: str) -> None:
    page.goto("/projects/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create the project").click()
    page.wait_for_url(re.compile(rf"/projects/{name.lower()}/$"))
    import_files(page, "tidy", *ARTICLES)


def exclude_and_include(page: Page) -> None:
    page.goto("/projects/tidy/articles/")
    page.get_by_role("link", name="Kyiv agreed").click()
    page.get_by_role("link", name="Exclude…").click()
    page.locator("main form textarea, main form input[type=text]").first.fill("An advertisement.")
    page.get_by_role("button", name="Exclude the article").click()
    expect(page.get_by_role("note")).to_contain_text("An advertisement.")
    page.goto("/projects/tidy/")
    expect(page.locator("main")).to_contain_text("excluded")
    page.goto("/projects/tidy/articles/")
    page.get_by_role("link", name="Kyiv agreed").click()
    page.get_by_role("button", name="Include it again").click()
    expect(page.get_by_role("link", name="Exclude…")).to_be_visible()


def archive_and_restore(page: Page) -> None:
    page.goto("/projects/tidy/settings/")
    page.get_by_role("button", name="Archive the project").click()
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text("Tidy")
    page.goto("/projects/tidy/articles/")
    expect(page.get_by_role("link", name="Add articles")).to_have_count(0)
    page.goto("/projects/tidy/settings/")
    page.get_by_role("button", name="Bring the project back").click()
    page.goto("/projects/tidy/articles/")
    expect(page.get_by_role("link", name="Add articles")).to_be_visible()


def undo_the_import(page: Page) -> None:
    page.goto("/projects/tidy/articles/imports/")
    page.get_by_role("link", name=re.compile("Undo")).click()
    confirm(page)
    page.goto("/projects/tidy/articles/")
    expect(page.locator("main")).not_to_contain_text("Kyiv agreed")


def delete_the_project(page: Page) -> None:
    page.goto("/projects/tidy/settings/delete/")
    confirm(page)
    answer = page.goto("/projects/tidy/")
    assert answer
    assert answer.status == 404


def confirm(page: Page) -> None:
    """Type what the label of the field asks for, between quotation marks."""
    field = page.get_by_label(re.compile("^Type "))
    label = page.locator(f"label[for={field.get_attribute('id')}]").inner_text()
    field.fill(label[label.index("“") + 1 : label.index("”")])
    page.locator("main form button.danger").click()
    page.wait_for_load_state()

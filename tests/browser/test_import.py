"""What a manager is asked while files come in, answered with a click while the files stay chosen."""

import re

from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import People, take_screenshots

FRENCH = "Le projet était prêt après de longues négociations à Genève."


def test_a_manager_picks_the_reading_of_a_file_and_the_column_of_another(people: People) -> None:
    page = people.page_of("manager@example.org")
    page.goto("/projects/new/")
    page.get_by_label("Name").fill("Letters")
    page.get_by_role("button", name="Create the project").click()
    page.wait_for_url(re.compile(r"/projects/letters/$"))
    page.goto("/projects/letters/articles/add/")
    page.locator("input[type=file]").set_input_files(
        [
            FilePayload(name="lettre.txt", mimeType="text/plain", buffer=FRENCH.encode("cp1252")),
            FilePayload(name="table.csv", mimeType="text/csv", buffer=b"id;body\n1;Kyiv agreed.\n"),
            FilePayload(name="plain.txt", mimeType="text/plain", buffer="Łódź zgodziła się.".encode()),
        ]
    )
    page.get_by_label("Import nothing if anything is refused").uncheck()
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#outcome")).to_contain_text("1 imported, 2 refused")
    take_screenshots(page, "add-articles")
    page.get_by_role("button", name="Read as cp1252").click()
    expect(page.locator("#outcome")).to_contain_text("1 imported, 1 already there, 1 refused")
    page.get_by_text("How the files are read", exact=True).click()
    page.get_by_label("Encoding of the files").fill("cp1252")
    page.get_by_role("button", name="The text is in body").click()
    expect(page.locator("#outcome")).to_contain_text("1 imported, 2 already there")
    page.goto("/projects/letters/articles/")
    for title in ("prêt après", "Kyiv agreed.", "Łódź"):
        expect(page.locator("main")).to_contain_text(title)
    page.close()

// A preview of a scheme's draft follows the draft: told by the form in another tab at once, and asking now and then by itself.
"use strict";

(() => {
  const PAUSE = 3000;
  const element = (id) => document.getElementById(id);
  let asking = false;

  const follow = async () => {
    const preview = element("workbench-preview");
    if (!preview || asking) return;
    asking = true;
    try {
      const { project, studio } = element("workbench-bar").dataset;
      const response = await fetch(`${studio}/workbench/preview?project=${project}`);
      if (!response.ok) {
        element("workbench-preview-note").textContent =
          response.status === 404
            ? "This preview is closed: open it again from the scheme."
            : "The workbench does not answer.";
        return;
      }
      const { shown, note } = await response.json();
      element("workbench-preview-note").textContent = note;
      if (shown !== preview.dataset.shown) location.reload();
    } catch {
      element("workbench-preview-note").textContent = "The workbench does not answer.";
    } finally {
      asking = false;
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    addEventListener("storage", (event) => event.key === "scheme-draft" && follow());
    setInterval(() => document.hidden || follow(), PAUSE);
  });
})();

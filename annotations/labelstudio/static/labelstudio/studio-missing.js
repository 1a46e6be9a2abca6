// Before an article is submitted: one list of all that is still missing, each entry leading to its span or question.
// The server has the rules; where it cannot be asked, the editor submits as ever, and the server refuses as ever.
"use strict";

(() => {
  const editor = window.WorkbenchEditor;
  if (!editor) return;
  const EVERY = 1500;
  let isChecking = false;
  let mayPass = false;
  let seen = "";

  const element = (id) => document.getElementById(id);
  const panel = () => element("workbench-missing");

  const check = async (result) => {
    const { project, studio } = element("workbench-bar").dataset;
    const answer = await fetch(`${studio}/workbench/tasks/${editor.task()}/check?project=${project}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ result }),
    });
    return answer.ok ? answer.json() : null;
  };

  const findField = (name) => document.querySelector(`.asks-${CSS.escape(name.replaceAll(".", "-"))}`);

  const lead = ({ spans, field }) => {
    const span = spans.find((key) => editor.spans().some((each) => each.key === key));
    if (span) editor.select(span);
    if (!field) return;
    editor.release();
    setTimeout(() => {
      const box = findField(field);
      box?.scrollIntoView({ block: "center" });
      box?.querySelector("input, textarea, [tabindex]")?.focus({ preventScroll: true });
      box?.animate([{ background: "var(--accent-soft, #dbe8f6)" }, {}], 1200);
    }, 60);
  };

  const say = (number, isOnlyWarned) => {
    if (!number) return "Nothing is missing any more: submit again";
    return isOnlyWarned
      ? `${number} to look at; you may submit all the same`
      : `${number} to mend before you can submit`;
  };

  const show = ({ missing, more, may_pass: isOnlyWarned }) => {
    const list = panel().querySelector("ol");
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
    list.replaceChildren(
      ...missing.map((entry) => {
        const item = document.createElement("li");
        const leads = entry.spans.length || entry.field;
        const line = document.createElement(leads ? "button" : "span");
        line.textContent = entry.may_pass ? `Only a warning: ${entry.message}` : entry.message;
        if (leads) {
          line.type = "button";
          line.addEventListener("click", () => lead(entry));
        }
        item.append(line);
        return item;
      }),
    );
    panel().querySelector("h2").textContent = say(missing.length + more, isOnlyWarned);
    element("workbench-missing-pass").hidden = !(missing.length && isOnlyWarned);
    panel().querySelector("p").textContent = more
      ? `And ${more} more; they come up when these are mended.`
      : "";
    panel().hidden = false;
    if (focused >= 0) list.querySelectorAll("button")[Math.min(focused, missing.length - 1)]?.focus();
  };

  const close = () => {
    panel().hidden = true;
  };

  /** Ask what is missing; submit where nothing is, and where nobody can tell. */
  const submit = async () => {
    if (isChecking) return;
    isChecking = true;
    const result = editor.result();
    let found = null;
    try {
      found = await check(result);
    } catch {
      // The submit itself will say that the workbench cannot be reached.
    }
    isChecking = false;
    seen = JSON.stringify(result);
    if (found?.missing.length) {
      show(found);
      panel().querySelector("button")?.focus();
      panel().querySelector("ol button")?.focus();
      return;
    }
    pass();
  };

  const pass = () => {
    close();
    mayPass = true;
    editor.submitButton()?.click();
    mayPass = false;
  };

  const holdBack = (event) => {
    if (mayPass || !editor.isKnown()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submit();
  };

  const refresh = async () => {
    if (!panel() || panel().hidden || isChecking || document.hidden) return;
    const result = editor.result();
    const written = JSON.stringify(result);
    if (written === seen) return;
    seen = written;
    const found = await check(result).catch(() => null);
    if (found && !panel().hidden) show(found);
  };

  addEventListener("click", (event) => editor.isSubmitButton(event.target) && holdBack(event), true);
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && editor.submitButton()) holdBack(event);
      else if (event.key === "Escape" && panel()?.contains(document.activeElement)) {
        event.stopImmediatePropagation();
        close();
      }
    },
    true,
  );
  document.addEventListener("DOMContentLoaded", () => {
    element("workbench-missing-close").addEventListener("click", close);
    element("workbench-missing-pass").addEventListener("click", pass);
    setInterval(refresh, EVERY);
  });
})();

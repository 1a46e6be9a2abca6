/* The bar above Label Studio's editor: progress, what is being saved, skip and guidelines.
   It runs before Label Studio's own scripts and watches the requests that they make. */
"use strict";

(() => {
  const send = window.fetch.bind(window);
  const revisions = new Map();
  let currentTask = null;
  let assignments = {};

  // Label Studio's service worker asks for an address outside the gateway and is of no use here.
  if (navigator.serviceWorker) navigator.serviceWorker.register = () => new Promise(() => {});

  const element = (id) => document.getElementById(id);

  const say = (text, state = "") => {
    const status = element("workbench-status");
    if (!status) return;
    status.textContent = text;
    status.dataset.state = state;
  };

  const time = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  const explain = async (response) => {
    try {
      return (await response.clone().json()).detail || "";
    } catch {
      return "";
    }
  };

  const KINDS = [
    ["submit", "POST", /\/studio\/api\/tasks\/(\d+)\/annotations\/?$/],
    ["update", "PATCH", /\/studio\/api\/annotations\/\d+\/?$/],
    ["draft", "POST", /\/studio\/api\/tasks\/(\d+)(\/annotations\/\d+)?\/drafts\/?$/],
    ["draft", "PATCH", /\/studio\/api\/drafts\/\d+\/?$/],
    ["next", "POST", /\/studio\/api\/dm\/actions\/?$/],
    ["task", "GET", /\/studio\/api\/tasks\/(\d+)\/?$/],
  ];

  const classify = (method, url) => {
    const path = new URL(url, location.href).pathname;
    const row = KINDS.find(([, verb, pattern]) => verb === method && pattern.test(path));
    return row ? row[0] : null;
  };

  window.fetch = async (input, init = {}) => {
    const url = typeof input === "string" || input instanceof URL ? String(input) : input.url;
    const method = (init.method || input.method || "GET").toUpperCase();
    const kind = classify(method, url);
    if (!kind) return send(input, init);
    if (kind === "submit" || kind === "update") {
      say("Submitting…", "busy");
      const headers = new Headers(init.headers || input.headers || {});
      if (revisions.has(currentTask)) headers.set("X-Workbench-Revision", revisions.get(currentTask));
      init = { ...init, headers };
    } else if (kind === "draft") {
      say("Saving…", "busy");
    }
    let response;
    try {
      response = await send(input, init);
    } catch (error) {
      say("Not saved: the workbench does not answer. Keep this page open; it will try again.", "failed");
      throw error;
    }
    await watch(kind, response);
    return response;
  };

  const watch = async (kind, response) => {
    const revision = response.headers.get("X-Workbench-Revision");
    const task = response.headers.get("X-Workbench-Task");
    if (task) {
      if (kind === "next" || kind === "task") {
        currentTask = task;
        offerSkip();
      }
      if (revision) revisions.set(task, revision);
    }
    if (kind === "next") {
      element("workbench-done").hidden = response.status !== 404;
      if (response.ok) say("");
      return;
    }
    if (kind === "task") return;
    if (response.ok) {
      say(kind === "draft" ? `Draft saved ${time()}` : `Submitted ${time()}`, "saved");
      if (kind !== "draft") showProgress();
    } else {
      say((await explain(response)) || `Not saved (error ${response.status}).`, "failed");
    }
  };

  const offerSkip = () => {
    const link = element("workbench-skip");
    const own = assignments[currentTask];
    if (!link) return;
    link.hidden = !(own && own.status === "queued");
    if (own) link.href = `/work/assignments/${own.assignment}/skip/`;
  };

  const showProgress = async () => {
    const bar = element("workbench-bar");
    if (!bar) return;
    const response = await send(`/studio/workbench/progress?project=${bar.dataset.project}`);
    if (!response.ok) return;
    const { submitted, total, tasks } = await response.json();
    assignments = tasks;
    const progress = element("workbench-progress");
    progress.querySelector("progress").max = Math.max(total, 1);
    progress.querySelector("progress").value = submitted;
    progress.querySelector("span").textContent = `${submitted} of ${total}`;
    offerSkip();
  };

  const toggleGuidelines = () => {
    const drawer = element("workbench-guidelines");
    const button = element("workbench-guidelines-button");
    drawer.hidden = !drawer.hidden;
    button.setAttribute("aria-expanded", String(!drawer.hidden));
    (drawer.hidden ? button : drawer).focus();
  };

  document.addEventListener("DOMContentLoaded", () => {
    currentTask = element("workbench-bar").dataset.task || currentTask;
    element("workbench-guidelines-button").addEventListener("click", toggleGuidelines);
    showProgress();
  });

  document.addEventListener(
    "keydown",
    (event) => {
      const drawer = element("workbench-guidelines");
      if (event.altKey && event.code === "KeyG") {
        event.preventDefault();
        toggleGuidelines();
      } else if (event.key === "Escape" && drawer && !drawer.hidden) {
        event.stopPropagation();
        toggleGuidelines();
      }
    },
    true,
  );
})();

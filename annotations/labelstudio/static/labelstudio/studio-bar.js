/* The bar above Label Studio's editor: progress, what is being saved, skip and guidelines.
   It runs before Label Studio's own scripts and watches the requests that they make. */
"use strict";

(() => {
  const send = window.fetch.bind(window);
  const revisions = new Map();
  let currentTask = null;
  let assignments = {};
  const drafts = new WeakMap();
  let spentDraft = 0;
  let submitting = false;
  let submittedAt = 0;
  let refused = false;
  let leaving = false;

  // Label Studio's service worker asks for an address outside the gateway and is of no use here.
  if (navigator.serviceWorker) navigator.serviceWorker.register = () => new Promise(() => {});

  const element = (id) => document.getElementById(id);

  let later = 0;
  const say = (text, state = "") => {
    const status = element("workbench-status");
    if (!status || element("workbench-preview")) return;
    clearTimeout(later);
    status.textContent = text;
    status.dataset.state = state;
  };

  // What was told about a span, a link or a suggestion is read first; that the draft is saved is said after it.
  const LONG_ENOUGH_TO_READ = 4000;
  let told = 0;
  const tell = (text) => {
    clearTimeout(later);
    told = Date.now();
    element("workbench-status").textContent = text;
  };
  window.WorkbenchBar = { tell };

  const sayOfDraft = (text, state) => {
    const wait = told + LONG_ENOUGH_TO_READ - Date.now();
    clearTimeout(later);
    if (wait > 0) later = setTimeout(() => say(text, state), wait);
    else say(text, state);
  };

  // What was moved is told until something else is, although the next article comes at once.
  const hasToldMoved = () => element("workbench-status")?.textContent.includes(" is now ");

  const time = () =>
    new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  const explain = async (response) => {
    try {
      return (await response.clone().json()).detail || "";
    } catch {
      return "";
    }
  };

  const KINDS = [
    ["submit", "POST", /\/studio(?:-\d+)?\/api\/tasks\/(\d+)\/annotations\/?$/],
    ["update", "PATCH", /\/studio(?:-\d+)?\/api\/annotations\/\d+\/?$/],
    ["draft", "POST", /\/studio(?:-\d+)?\/api\/tasks\/(\d+)(\/annotations\/\d+)?\/drafts\/?$/],
    ["draft", "PATCH", /\/studio(?:-\d+)?\/api\/drafts\/\d+\/?$/],
    ["next", "POST", /\/studio(?:-\d+)?\/api\/dm\/actions\/?$/],
    ["task", "GET", /\/studio(?:-\d+)?\/api\/tasks\/(\d+)\/?$/],
  ];

  const classify = (method, url) => {
    const path = new URL(url, location.href).pathname;
    const row = KINDS.find(([, verb, pattern]) => verb === method && pattern.test(path));
    return row ? row[0] : null;
  };

  const KEPT_ALIVE = 20_000; // characters, at most three bytes each: a page that is gone may still send 64 KiB
  window.fetch = async (input, init = {}) => {
    const url = typeof input === "string" || input instanceof URL ? String(input) : input.url;
    const method = (init.method || input.method || "GET").toUpperCase();
    const kind = classify(method, url);
    if (!kind) return send(input, init);
    const submits = kind === "submit" || kind === "update";
    if (submits) {
      submitting = true;
      refused = false;
      say("Submitting…", "busy");
      const headers = new Headers(init.headers || input.headers || {});
      if (revisions.has(currentTask)) headers.set("X-Workbench-Revision", revisions.get(currentTask));
      init = { ...init, headers };
    } else if (kind === "draft" && !refused) {
      sayOfDraft("Saving…", "busy");
    }
    if (leaving && String(init.body ?? "").length < KEPT_ALIVE) init = { ...init, keepalive: true };
    let response;
    try {
      response = await send(input, init);
    } catch (error) {
      say("Not saved: the workbench does not answer. Keep this page open; it will try again.", "failed");
      throw error;
    } finally {
      if (submits) submitting = false;
    }
    if (submits && response.ok) forgetDraft();
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
      refused = false;
      if (response.ok && !hasToldMoved()) say("");
      return;
    }
    if (kind === "task") return;
    if (response.ok) {
      if (kind === "draft" && refused) return; // what is to be mended stays in sight
      const moved = JSON.parse(response.headers.get("X-Workbench-Moved") ?? "[]").join(" ");
      if (kind === "draft") sayOfDraft(`Draft saved ${time()}`, "saved");
      else {
        say(`Submitted ${time()}. ${moved}`.trim(), "saved");
        showProgress();
      }
    } else {
      refused = kind !== "draft";
      say((await explain(response)) || `Not saved (error ${response.status}).`, "failed");
    }
  };

  const { annotation: selected, drafts: editorDrafts, writtenLinks } = window.WorkbenchEditor;

  // Label Studio stops saving drafts at the first Submit and forgets the draft that it has, even if it or the
  // gateway refuses what was to be submitted: all work after that would be lost with the page.
  const GRACE = 2000;
  const watched = new WeakSet();
  const keepDrafting = () => {
    const annotation = selected();
    if (!annotation) return;
    if (!watched.has(annotation)) watchSubmits(annotation);
    const draftId = editorDrafts.number(annotation);
    const isSubmitting = editorDrafts.isSubmitting(annotation);
    if (draftId && draftId !== spentDraft) drafts.set(annotation, draftId);
    else if (!draftId && !isSubmitting && drafts.has(annotation))
      editorDrafts.name(annotation, drafts.get(annotation));
    if (!isSubmitting) draftLinks(annotation);
  };

  // Label Studio saves a draft when a span or an answer changes, but not when a link does.
  const linked = new WeakMap();
  const draftLinks = (annotation) => {
    const links = writtenLinks(annotation);
    if (editorDrafts.step(annotation) && linked.get(annotation) !== links) editorDrafts.save(annotation);
    linked.set(annotation, links);
  };

  const watchSubmits = (annotation) => {
    watched.add(annotation);
    let started = 0;
    const saveIfRefused = () => {
      if (submitting) setTimeout(saveIfRefused, GRACE);
      else if (submittedAt < started && annotation === selected()) editorDrafts.save(annotation);
    };
    editorDrafts.noteSubmits(
      annotation,
      () => (submitting || (!leaving && Date.now() - started < GRACE) ? started : 0),
      (value) => {
        started = value;
        setTimeout(saveIfRefused, GRACE + 500);
      },
    );
  };

  const forgetDraft = () => {
    const annotation = selected();
    submittedAt = Date.now();
    if (!annotation) return;
    spentDraft = editorDrafts.number(annotation) || drafts.get(annotation) || 0;
    drafts.delete(annotation);
    linked.set(annotation, writtenLinks(annotation));
    submittedStep.set(annotation, editorDrafts.step(annotation));
  };

  const submittedStep = new WeakMap();
  const isChanged = (annotation) => {
    const step = editorDrafts.step(annotation);
    return step && step !== submittedStep.get(annotation);
  };

  // What was marked in the last seconds is no draft yet: leaving by the bar waits for it, but not for long.
  const saveAndLeave = async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const { href } = event.currentTarget;
    const annotation = selected();
    const pause = new Promise((resolve) => setTimeout(resolve, 3000));
    if (annotation && isChanged(annotation))
      await Promise.race([editorDrafts.saveNow(annotation), pause]).catch(() => {});
    location.assign(href);
  };

  // The same where the page is closed, loaded again or put aside; nobody waits there, so the request outlives the page.
  const saveOnTheWayOut = () => {
    if (element("workbench-preview")) return;
    leaving = true;
    keepDrafting();
    editorDrafts.flush(selected());
    setTimeout(() => (leaving = false), 0);
  };

  // The way back from the editor would end in Label Studio's own table of tasks, which is no page of ours.
  const leaveTheTable = () => {
    const query = new URLSearchParams(location.search);
    if (!query.has("labeling") && !query.has("task")) location.replace(element("workbench-back").href);
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
    if (!bar || element("workbench-preview")) return;
    const response = await send(`${bar.dataset.studio}/workbench/progress?project=${bar.dataset.project}`);
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
    element("workbench-guidelines-close").addEventListener("click", toggleGuidelines);
    for (const id of ["workbench-back", "workbench-skip"])
      element(id).addEventListener("click", saveAndLeave);
    setInterval(keepDrafting, 500);
    showProgress();
  });

  addEventListener("popstate", leaveTheTable);
  addEventListener("beforeunload", saveOnTheWayOut);
  document.addEventListener("visibilitychange", () => document.hidden && saveOnTheWayOut());

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

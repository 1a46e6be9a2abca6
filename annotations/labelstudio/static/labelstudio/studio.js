// Loaded before Label Studio's own script, in the head of each of its pages that the gateway serves.
// It sets what the editor reads from localStorage and takes the edge off some of its habits; the server checks everything again.

(() => {
  "use strict";

  const store = (key, change) => {
    try {
      const before = JSON.parse(localStorage.getItem(key) ?? "null");
      const after = change(before);
      if (after) localStorage.setItem(key, JSON.stringify(after));
    } catch {
      // Without storage the editor falls back to its own defaults.
    }
  };

  // A new span is selected at once, so that its attributes are in sight.
  store("labelStudio:settings", (settings) => ({ ...settings, selectAfterCreate: true }));

  // Light or dark as the system is, like our own pages: the editor's own switch is in its header, which is hidden.
  try {
    localStorage.setItem("preferred-color-scheme", "Auto");
  } catch {
    // The attribute below holds for this page.
  }
  const isDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-color-scheme", isDark ? "dark" : "light");

  // Where the scheme has no links, nothing speaks of them: their place holds the rules of the label in hand.
  const scheme = JSON.parse(document.getElementById("workbench-scheme")?.textContent ?? "null");
  document.documentElement.classList.toggle("has-no-links", !scheme?.links.length);

  // Links above, spans below: both are always in sight. An arrangement that the annotator made is kept.
  const panel = (order, top, views) => ({
    order,
    top,
    left: 0,
    relativeLeft: 0,
    relativeTop: 0,
    zIndex: 10,
    width: 320,
    height: 396,
    maxHeight: 500,
    visible: true,
    detached: false,
    alignment: "right",
    panelViews: views.map(([name, title], index) => ({ name, title, component: {}, active: index === 0 })),
  });
  const titles = { relations: scheme?.links.length ? "Links" : "Rules", regions: "Spans" };
  const nameTabs = (state) => {
    for (const { panelViews } of Object.values(state.panelData ?? {}))
      for (const view of panelViews) view.title = titles[view.name] ?? view.title;
    return state;
  };
  store("panelState", (state) =>
    nameTabs(
      state ?? {
        panelData: {
          relations: panel(1, 0, [["relations", titles.relations]]),
          "regions-info-history": panel(2, 396, [
            ["regions", titles.regions],
            ["info", "Info"],
            ["history", "History"],
          ]),
        },
        collapsedSide: { left: false, right: false },
      },
    ),
  );

  // While the editor warns, keys are for its window: they must not mark text behind it, and Enter must press “OK”.
  const OF_THE_WINDOW = new Set(["Tab", "Escape", " "]);
  addEventListener(
    "keydown",
    (event) => {
      const warning = [...document.querySelectorAll(".ant-modal-confirm")].some(
        (window_) => window_.getClientRects().length,
      );
      if (warning && !OF_THE_WINDOW.has(event.key)) event.stopImmediatePropagation();
    },
    true,
  );
})();

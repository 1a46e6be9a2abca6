// What every page can do: shortcuts, the help dialog, copying, announcing what happened. No inline script anywhere.
"use strict";

let isGoing = false;

const Workbench = {
  /** Tell people who listen to the page what changed. */
  announce(text) {
    const announcer = document.getElementById("announcer");
    announcer.textContent = "";
    requestAnimationFrame(() => {
      announcer.textContent = text;
    });
  },

  /** Keys typed into a field are text, not shortcuts. */
  isTyping(event) {
    return (
      event.target.matches("input, textarea, select, [contenteditable]") ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    );
  },

  /** Whether single keys do something; who speaks to the computer, or rests a hand on the keys, switches them off. */
  hasSingleKeys() {
    return localStorage.getItem("single-keys") !== "off";
  },

  /** Whether `g` was pressed and the key that says where to is awaited. */
  isGoing() {
    return isGoing;
  },

  openHelp() {
    const help = document.getElementById("help");
    if (help && !help.open) help.showModal();
  },

  async copy(button) {
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      document.execCommand("copy");
    }
    const before = button.textContent;
    button.textContent = "Copied";
    Workbench.announce("Copied");
    setTimeout(() => {
      button.textContent = before;
    }, 2000);
  },
};

window.Workbench = Workbench;

(() => {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (Workbench.isTyping(event) || document.querySelector("dialog[open]")) return;
    if (!Workbench.hasSingleKeys()) return;
    if (event.key === "?") {
      event.preventDefault();
      Workbench.openHelp();
      return;
    }
    if (isGoing) {
      isGoing = false;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    if (event.key === "g") {
      isGoing = true;
      setTimeout(() => {
        isGoing = false;
      }, 1500);
      return;
    }
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target) {
      event.preventDefault();
      target.click();
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    const copier = event.target.closest("[data-copy]");
    if (copier) Workbench.copy(copier);
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const singleKeys = document.getElementById("single-keys");
  if (singleKeys) {
    singleKeys.checked = Workbench.hasSingleKeys();
    singleKeys.addEventListener("change", () =>
      localStorage.setItem("single-keys", singleKeys.checked ? "on" : "off"),
    );
  }

  // A second click must not send a form twice, and the first must be seen to work.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.target === "_blank") return; // this page stays, and may send it again
    if (form.method === "dialog" || (form.hasAttribute("hx-post") && !event.submitter?.dataset.busy)) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    if (event.submitter?.dataset.busy) {
      event.submitter.dataset.idle = event.submitter.textContent;
      event.submitter.textContent = event.submitter.dataset.busy;
      Workbench.announce(event.submitter.dataset.busy);
    }
  });

  // A form that htmx sends stays on the page, and may be sent again.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest("form[aria-busy]");
    if (!form) return;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("[data-idle]")) button.textContent = button.dataset.idle;
  });

  // A page that waits for something tries again by itself.
  const waiting = document.querySelector("[data-retry]");
  if (waiting) {
    setTimeout(() => location.assign(waiting.dataset.retry), Number(waiting.dataset.retryAfter) * 1000);
  }

  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // A table that is wider than its frame is scrolled by keyboard too, so it has to take the focus and to say what it is.
  // It fades at an edge behind which it goes on.
  const frames = new ResizeObserver((entries) => {
    for (const { target } of entries) letFocus(target.closest(".table-frame"));
  });
  const fade = (frame) => {
    const ahead = Math.abs(frame.scrollLeft);
    const left = frame.scrollWidth - frame.clientWidth - ahead;
    frame.classList.toggle("goes-on", left > 1);
    frame.classList.toggle("has-begun", ahead > 1);
  };
  const fadeScrolled = ({ target }) => fade(target);
  const letFocus = (frame) => {
    fade(frame);
    if (frame.scrollWidth > frame.clientWidth) {
      const named = frame.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby");
      const heading =
        document.getElementById(named)?.textContent ?? document.querySelector("h1")?.textContent;
      frame.tabIndex = 0;
      frame.role = "group";
      frame.ariaLabel = `Table, scrolls sideways: ${heading?.trim() ?? ""}`;
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    }
  };
  const watchFrames = () => {
    for (const frame of document.querySelectorAll(".table-frame")) {
      frames.observe(frame);
      frames.observe(frame.firstElementChild);
      frame.addEventListener("scroll", fadeScrolled);
    }
  };
  watchFrames();
  document.addEventListener("htmx:afterSettle", watchFrames);

  // Coming back by the browser's button shows the page as it was left.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  });

  const complain = (text) => {
    const message = document.createElement("p");
    message.className = "message error";
    message.textContent = text;
    document.getElementById("messages").replaceChildren(message);
    Workbench.announce(text);
  };
  document.addEventListener("htmx:sendError", () =>
    complain("The workbench does not answer. Nothing was lost; try again."),
  );
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    complain(
      status === 403 || status === 401
        ? "You are signed out, or may not do this. Reload the page."
        : `That did not work (${status}). Reload the page and try again.`,
    );
  });
})();

// Tells a preview of the draft that is open in another tab of each change, so that it shows it at once.
"use strict";

(() => {
  const tell = () => {
    try {
      localStorage.setItem("scheme-draft", String(Date.now()));
    } catch {
      // Without storage the preview asks by itself.
    }
  };
  document.addEventListener("htmx:afterSettle", tell);
  tell();
})();

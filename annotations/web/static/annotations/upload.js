/* oxlint-disable no-await-in-loop -- parts of a file follow each other, and so do tries */
// Files and folders that are dropped or chosen: sent by the API in parts that go on where they stopped, then read.

const SMALL_BYTES = 256 * 1024;
const MAX_SMALL_FILES = 100;
const MAX_TRIES = 8;
const FIRST_PAUSE_MILLISECONDS = 500;

/** What the server refused, in its own words. */
class Refusal extends Error {}

/** Every file below what was dropped, with its path in the folder. */
const listDropped = async (items) => {
  const found = [];
  const entries = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry?.();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    if (file) found.push({ name: file.name, file });
  }
  const visit = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ name: entry.fullPath.replace(/^\/+/, ""), file });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) break;
      for (const one of some) await visit(one);
    }
  };
  for (const entry of entries) await visit(entry);
  return found;
};

const listChosen = (input) =>
  [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

const readBase64 = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });

/** One request to the API; a connection that breaks off is tried again, what is refused is not. */
const ask = async (zone, method, path, body, type = "application/json") => {
  const headers = {
    "X-CSRFToken": zone.querySelector("[name=csrfmiddlewaretoken]").value,
    "Content-Type": type,
  };
  const sent = type === "application/json" && body !== undefined ? JSON.stringify(body) : body;
  const request = { headers, body: sent };
  for (let number = 1; ; number += 1) {
    try {
      const response = await fetch(`/api/v1/imports/${path}`, { ...request, method });
      if (response.ok) return response.status === 204 ? null : await response.json();
      if (response.status < 500) {
        const problem = await response.json().catch(() => ({}));
        throw new Refusal(
          problem.errors?.[0]?.detail ?? problem.detail ?? `That did not work (${response.status}).`,
        );
      }
      throw new Error(`status ${response.status}`);
    } catch (error) {
      if (error instanceof Refusal || number === MAX_TRIES) throw error;
      zone.dispatchEvent(new CustomEvent("interrupted"));
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MILLISECONDS * 2 ** (number - 1)));
    }
  }
};

/** Small files go many at a time. */
const sendSmall = async (zone, id, files, limit, advance) => {
  let batch = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    const content = await Promise.all(
      batch.map(async ({ name, file }) => ({ name, content: await readBase64(file) })),
    );
    await ask(zone, "POST", `${id}/files/`, { files: content });
    advance(bytes);
    batch = [];
    bytes = 0;
  };
  for (const one of files) {
    if (batch.length === MAX_SMALL_FILES || bytes + one.file.size > limit / 2) await flush();
    batch.push(one);
    bytes += one.file.size;
  }
  await flush();
};

/** A large file goes in parts, from where an earlier try stopped. */
const sendLarge = async (zone, id, { name, file }, limit, advance) => {
  const address = (offset) =>
    `${id}/files/?${new URLSearchParams({ name, size: String(file.size), offset: String(offset) })}`;
  const { received } = await ask(zone, "PUT", address(0), new Blob([]), "application/octet-stream");
  advance(received);
  let offset = received;
  while (offset < file.size) {
    const part = file.slice(offset, offset + limit);
    const answer = await ask(zone, "PUT", address(offset), part, "application/octet-stream");
    advance(answer.received - offset);
    offset = answer.received;
  }
};

const send = async (zone, files) => {
  const progress = zone.querySelector("[data-progress]");
  const said = zone.querySelector("[data-said]");
  const bar = progress.querySelector("progress");
  const say = (text) => {
    said.textContent = text;
  };
  progress.hidden = false;
  zone.setAttribute("aria-busy", "true");
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const limit = Number(zone.dataset.partBytes);
  let sent = 0;
  const advance = (bytes) => {
    sent += bytes;
    bar.value = total ? sent / total : 1;
    say(
      `Sending ${files.length === 1 ? "one file" : `${files.length} files`}: ${Math.round(100 * bar.value)} %`,
    );
  };
  try {
    if (files.length === 0)
      throw new Refusal("There is no file in what you dropped. Drop files, or a folder that holds some.");
    advance(0);
    const id =
      zone.dataset.into || (await ask(zone, "POST", "", { project: Number(zone.dataset.project) })).id;
    const isSmall = ({ file }) => file.size > 0 && file.size <= SMALL_BYTES;
    await sendSmall(zone, id, files.filter(isSmall), limit, advance);
    for (const one of files.filter((each) => !isSmall(each))) await sendLarge(zone, id, one, limit, advance);
    await ask(zone, "POST", `${id}/read/`, {});
    location.assign(zone.dataset.page.replace("/0/", `/${id}/`));
  } catch (error) {
    zone.removeAttribute("aria-busy");
    say(
      error instanceof Refusal
        ? error.message
        : "The connection broke off. What was sent is kept: drop or choose the same files again, and they go on from there.",
    );
    said.classList.add("danger-text");
  }
};

for (const zone of document.querySelectorAll(".drop-zone")) {
  zone.hidden = false;
  for (const plain of document.querySelectorAll("[data-plain-files]")) plain.hidden = true;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (zone.hasAttribute("aria-busy")) return;
    await send(zone, await listDropped(event.dataTransfer.items));
  });
  for (const input of zone.querySelectorAll("[data-choose]")) {
    input.addEventListener("change", async () => {
      if (zone.hasAttribute("aria-busy")) return;
      await send(zone, listChosen(input));
      input.value = "";
    });
  }
  zone.addEventListener("interrupted", () => {
    zone.querySelector("[data-said]").textContent = "The connection is interrupted; trying again…";
  });
}

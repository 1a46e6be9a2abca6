// Between places of the text, which are counted in code points, and places of the document that shows it.

/** The segments of the article in the order of the text, with where each begins and ends. */
export const readSegments = (article) =>
  [...article.querySelectorAll(".segment")].map((element) => ({
    element,
    start: Number(element.dataset.start),
    end: Number(element.dataset.end),
  }));

/** Places such as "0-25 84-100" as pairs of numbers. */
export const readPlaces = (written) =>
  (written ?? "")
    .split(" ")
    .filter(Boolean)
    .map((place) => place.split("-").map(Number));

const countPoints = (text) => {
  let count = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    const isPair = text.codePointAt(unit) > 0xffff;
    if (isPair) unit += 1;
    count += 1;
  }
  return count;
};

/** The place in the text of a place in the document, or null outside the article. */
export const findOffset = (article, node, offset) => {
  const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  if (!article.contains(element)) return null;
  const range = document.createRange();
  const segment = element.closest(".segment");
  range.setStart(segment ?? article, 0);
  range.setEnd(node, offset);
  return Number(segment?.dataset.start ?? 0) + countPoints(range.toString());
};

/** The text node and the offset in it of a place in the text, or null where there is none. */
export const findNode = (segments, place) => {
  const segment = segments.find(({ start, end }) => start <= place && place <= end);
  if (!segment) return null;
  let left = place - segment.start;
  const walker = document.createTreeWalker(segment.element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const letters = Array.from(node.data);
    if (left <= letters.length) return [node, letters.slice(0, left).join("").length];
    left -= letters.length;
  }
  return null;
};

/** What is selected in the article as the places where it begins and ends, or null. */
export const readSelection = (article) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const start = findOffset(article, range.startContainer, range.startOffset);
  const end = findOffset(article, range.endContainer, range.endOffset);
  return start === null || end === null || start >= end ? null : [start, end];
};

/** Select the words between two places of the text. */
export const select = (segments, start, end) => {
  const from = findNode(segments, start);
  const to = findNode(segments, end);
  if (from && to) getSelection().setBaseAndExtent(from[0], from[1], to[0], to[1]);
};

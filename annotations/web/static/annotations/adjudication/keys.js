// What each key means, by where it is pressed.

const COMMANDS = {
  j: "next",
  k: "previous",
  ArrowDown: "next",
  ArrowUp: "previous",
  o: "next-open",
  x: "reject",
  e: "edit",
  a: "add-span",
  l: "add-link",
  n: "note",
  w: "words",
  u: "undo",
  f: "finish",
  t: "tracks",
  h: "guidelines",
};

/**
 * The command of a key, or null where it is not one.
 *
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean}} event the key
 * @param {{isTyping?: boolean, isEditing?: boolean}} state where it is pressed
 */
export const readKey = (event, { isTyping = false, isEditing = false } = {}) => {
  if (event.ctrlKey || event.metaKey) return null;
  if (isTyping) {
    if (event.key === "Escape") return { name: "leave-field" };
    return event.key === "Enter" && !event.isComposing ? { name: "enter" } : null;
  }
  if (isEditing) {
    if (event.key === "Escape") return { name: "leave-edit" };
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") return { name: "move-end" };
    return event.altKey ? null : { name: "label", key: event.key };
  }
  if (event.altKey) return null;
  if (/^[1-9]$/.test(event.key)) return { name: "choose", digit: event.key };
  if (event.key === "Enter") return { name: "open" };
  if (event.key === "Escape") return { name: "leave" };
  if (/^[AGSER]$/.test(event.key)) return { name: "why", key: event.key };
  const name = COMMANDS[event.key];
  return name ? { name } : null;
};

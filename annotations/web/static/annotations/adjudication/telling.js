// Saying what goes on: in the line under the title, and to who listens to the page.

/** Say something in the line under the title; an error is announced, too. */
export const tell = (text, isError = false) => {
  const state = document.getElementById("case-state");
  state.textContent = text;
  state.classList.toggle("is-error", isError);
  if (isError) Workbench.announce(text);
};

/** What stands in the line under the title. */
export const readTold = () => document.getElementById("case-state").textContent;

/**
 * What some decisions led to: how many units they opened, and what is left.
 *
 * @param {object[]} decisions those that were stored since it was last said
 * @param {{before: number, now: number}} left how many units were open then, and are now
 * @param {string} next the name of the current unit
 */
export const describeStanding = (decisions, { before, now }, next) => {
  const decided = decisions.filter(({ wasOpen }) => wasOpen).length;
  const opened = now - (before - decided);
  const isUndo = decisions.some(({ isUndone }) => isUndone);
  const told = isUndo || opened <= 0 ? "" : `+${opened} opened by your decision. `;
  const standing = now ? `${now} to decide. ${next}` : "Nothing left to decide: press f to finish.";
  return { told, announced: `${isUndo ? "Undone." : "Saved."} ${told}${standing}` };
};

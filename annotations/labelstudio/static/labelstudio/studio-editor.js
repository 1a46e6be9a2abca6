// The one place that knows Label Studio's editor from within: its public store, and the elements of its page.
// Whatever the store does not have (any more) is null or does nothing here, so that the page goes on without our help.
"use strict";

window.WorkbenchEditor = (() => {
  const attempt = (action, otherwise = null) => {
    try {
      return action() ?? otherwise;
    } catch {
      return otherwise;
    }
  };
  const element = (selector) => document.querySelector(selector);

  const annotation = () => attempt(() => window.Htx.annotationStore.selected);
  const task = () => attempt(() => String(window.Htx.task.id));
  const tag = (name) => attempt(() => annotation().names.get(name));
  const result = () => attempt(() => annotation().serializeAnnotation());

  // ------------------------------------------------------------------ the text

  const text = () => element(".lsf-htx-richtext");
  const textHolds = (node) => attempt(() => text().contains(node), false);

  /** The lines of the text as elements, in order; a line break of one character stands between two. */
  const lines = () => [...(text()?.querySelectorAll(".lsf-richtext__line") ?? [])];

  // ------------------------------------------------------------------ spans

  const isSpan = (region) => !region.classification && region.object?.name === "text";
  const regions = () => attempt(() => annotation().regionStore.regions.filter(isSpan), []);
  const find = (key) => regions().find((region) => region.cleanId === key);
  const describe = (region) => ({
    key: region.cleanId,
    label: attempt(() => region.labeling.mainValue[0], ""),
    words: attempt(() => region.text, ""),
  });

  const spans = () => regions().map(describe);
  const selected = () =>
    attempt(() => {
      const region = annotation().highlightedNode;
      return region && isSpan(region) ? describe(region) : null;
    });
  const isLinking = () => attempt(() => annotation().isLinkingMode, false);
  const release = () => attempt(() => annotation().unselectAll());
  const drawnAs = (key) => element(`.htx-highlight[class*="htx-highlight-${CSS.escape(key)}"]`);

  const select = (key) =>
    attempt(() => {
      const region = find(key);
      release();
      annotation().selectArea(region);
      (drawnAs(key) ?? text()).scrollIntoView({ block: "center" });
      return true;
    }, false);

  /** Add a span by the editor's own entries, under the key that they give it; whether it is there now. */
  const add = (entries) =>
    attempt(() => {
      const own = annotation();
      own.deserializeResults(entries);
      own.updateObjects();
      return Boolean(find(entries[0].id));
    }, false);

  /** The words of each span in the list read in the direction of their own script, so that a long span is cut at its end. */
  const turnList = () => {
    for (const words of document.querySelectorAll(".lsf-outliner-item__text:not([dir])")) words.dir = "auto";
  };

  // ------------------------------------------------------------------ labels and answers

  const labels = () => attempt(() => [...tag("label").children], []);
  const findLabel = (name) => labels().find((label) => label.value === name);
  const isLabelChosen = () => labels().some((label) => label.selected);

  const chooseLabel = (name) =>
    attempt(() => {
      const label = findLabel(name);
      if (!label.selected) label.toggleSelected();
      return true;
    }, false);

  const answer = (control, name) =>
    attempt(() => {
      tag(control)
        .children.find((choice) => (choice.alias || choice.value) === name)
        .toggleSelected();
      return true;
    }, false);

  /** Give the selected span another label; answers that the new label also asks for stay. */
  const relabel = (name) =>
    attempt(() => {
      const region = annotation().highlightedNode;
      const old = describe(region).label;
      const answers = region.results
        .filter((each) => each.from_name.name.startsWith(`${old}.`))
        .map((each) => [each, each.from_name.name.slice(old.length), [each.mainValue].flat()]);
      const { history } = annotation();
      attempt(() => history.freeze("workbench"));
      for (const [each] of answers) region.removeResult(each);
      findLabel(name).toggleSelected();
      for (const [, question, values] of answers) keepAnswer(`${name}${question}`, values);
      attempt(() => history.unfreeze("workbench"));
      return true;
    }, false);

  const keepAnswer = (control, values) => {
    const choices = attempt(() => [...tag(control).children], []);
    for (const choice of choices)
      if (values.includes(choice.alias || choice.value) && !choice.selected)
        attempt(() => choice.toggleSelected());
  };

  /** Draw a span over the words that are selected, with the label that is chosen: the editor does that on mouse-up, and waits for the click. */
  const drawSelection = () =>
    attempt(() => {
      for (const kind of ["mouseup", "click"])
        text().dispatchEvent(new MouseEvent(kind, { bubbles: true, view: window }));
    });

  // ------------------------------------------------------------------ links

  const linkStore = () => attempt(() => annotation().relationStore);
  const links = () =>
    attempt(
      () =>
        linkStore().relations.map((link) => ({
          id: link.id,
          source: describe(link.direction === "left" ? link.node2 : link.node1),
          target: describe(link.direction === "left" ? link.node1 : link.node2),
          types: [...(link.labels ?? [])],
          direction: link.direction,
        })),
      [],
    );
  const findLink = (id) => linkStore().relations.find((link) => link.id === id);
  const typeLink = (id, title) => attempt(() => findLink(id).setRelations([title]));
  const turnLink = (id) =>
    attempt(() => {
      const link = findLink(id);
      const wanted = link.direction === "left" ? "right" : "left";
      for (let turns = 0; turns < 3 && link.direction !== wanted; turns += 1) link.rotateDirection();
    });
  const deleteLink = (id) => attempt(() => linkStore().deleteRelation(findLink(id)));
  /** Where the list of links is on the screen, unless its panel is closed. */
  const linksPlace = () => {
    const panel = element(".lsf-relations")?.closest(".lsf-tabs__contents")?.getBoundingClientRect();
    return panel && panel.height > 160 ? panel : null;
  };
  const writtenLinks = (own) => attempt(() => JSON.stringify(own.relationStore.serialize()), "");

  // ------------------------------------------------------------------ drafts and submits

  const drafts = {
    number: (own) => attempt(() => own.draftId, 0),
    name: (own, number) => attempt(() => own.setDraftId(number)),
    save: (own) => attempt(() => own.autosave()),
    flush: (own) => attempt(() => own.autosave.flush()),
    saveNow: (own) => attempt(() => own.saveDraftImmediatelyWithResults(), Promise.resolve()),
    step: (own) => attempt(() => own.history.undoIdx, 0),
    isSubmitting: (own) => attempt(() => Boolean(own.submissionStarted), false),
    /** Decide what the editor believes about a submit that has begun: `read` and `write` stand in for its own note. */
    noteSubmits: (own, read, write) =>
      attempt(() =>
        Object.defineProperty(own, "submissionStarted", { configurable: true, get: read, set: write }),
      ),
  };

  const SUBMITS = '[data-testid="bottombar-submit-button"], [data-testid="bottombar-update-button"]';
  const submitButton = () => element(SUBMITS);
  const isSubmitButton = (node) => attempt(() => Boolean(node.closest(SUBMITS)), false);

  /** Whether the editor is the one that this file knows; nothing of ours is offered on another. */
  const isKnown = () => Boolean(annotation() && text() && labels().length && task());

  return {
    add,
    annotation,
    answer,
    chooseLabel,
    deleteLink,
    drafts,
    drawSelection,
    drawnAs,
    isKnown,
    isLabelChosen,
    isLinking,
    isSubmitButton,
    lines,
    links,
    linksPlace,
    relabel,
    release,
    result,
    select,
    selected,
    spans,
    submitButton,
    task,
    text,
    textHolds,
    turnLink,
    turnList,
    typeLink,
    writtenLinks,
  };
})();

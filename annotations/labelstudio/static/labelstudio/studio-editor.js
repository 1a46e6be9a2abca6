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

  /** The text as it is on the screen, and the pieces that it is drawn in: each a node with its beginning and length in units of UTF-16. */
  const readText = () =>
    attempt(
      () => {
        const walker = document.createTreeWalker(text(), NodeFilter.SHOW_ALL);
        const pieces = [];
        let words = "";
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const piece = node.nodeName === "BR" ? "\n" : node.nodeType === Node.TEXT_NODE ? node.data : "";
          if (piece) pieces.push({ node, start: words.length, length: piece.length });
          words += piece;
        }
        return { text: words, pieces };
      },
      { text: "", pieces: [] },
    );

  /** Where the selection begins and ends in the text; null where nothing of it is selected. */
  const selectedPlace = (pieces) =>
    attempt(() => {
      const selection = getSelection();
      if (selection.isCollapsed) return null;
      const range = selection.getRangeAt(0);
      const touched = pieces.filter(({ node }) => range.intersectsNode(node));
      const inside = touched.filter(
        ({ node, length }) =>
          !(node === range.startContainer && range.startOffset === length) &&
          !(node === range.endContainer && range.endOffset === 0),
      );
      if (!inside.length) return null;
      const [first, final] = [inside[0], inside.at(-1)];
      return [
        first.start + (first.node === range.startContainer ? range.startOffset : 0),
        final.start + (final.node === range.endContainer ? range.endOffset : final.length),
      ];
    });

  /** Select words of the text, and bring them into sight. */
  const selectPlace = (pieces, start, end) =>
    attempt(() => {
      const first = pieces.find((piece) => piece.start + piece.length > start);
      const final = pieces.find((piece) => piece.start + piece.length >= end);
      const range = document.createRange();
      range.setStart(first.node, start - first.start);
      range.setEnd(final.node, end - final.start);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      const [box, frame] = [range.getBoundingClientRect(), text().closest(".workbench-text")];
      const view = frame?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
      if (box.top < view.top || box.bottom > view.bottom)
        first.node.parentElement.scrollIntoView({ block: "center" });
      return true;
    }, false);

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

  /** Where a span is drawn in the text. */
  const placeOf = (key, pieces) =>
    attempt(() => {
      const drawn = [...text().querySelectorAll(`.htx-highlight[class*="htx-highlight-${CSS.escape(key)}"]`)];
      const within = pieces.filter(({ node }) => drawn.some((each) => each.contains(node)));
      return within.length ? [within[0].start, within.at(-1).start + within.at(-1).length] : null;
    });

  /** Mark other words as a span that is there: with its label and its answers. */
  const copyTo = (key, words, start, end) =>
    attempt(() => {
      const count = (piece) => [...piece].length;
      const from = count(words.slice(0, start));
      const place = {
        start: from,
        end: from + count(words.slice(start, end)),
        text: words.slice(start, end),
      };
      const id = Math.random().toString(36).slice(2, 12).padEnd(10, "0");
      const own = structuredClone(result()).filter((entry) => entry.id === key && entry.type !== "relation");
      for (const entry of own) {
        entry.id = id;
        Object.assign(entry.value, place);
      }
      return add(own);
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

  const FAR = 100;
  let clientX = 0;

  /**
   * Draw a span over the words that are selected, with the label that is chosen: the editor does that on mouse-up, and
   * waits for the click. Two at one place within half a second are a double click to it, which keeps the first label.
   */
  const drawSelection = () =>
    attempt(() => {
      clientX += FAR;
      for (const kind of ["mouseup", "click"])
        text().dispatchEvent(new MouseEvent(kind, { bubbles: true, view: window, clientX }));
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
  /** Draw a link between two spans, without a type yet. */
  const linkTo = (source, target) =>
    attempt(() => {
      linkStore().addRelation(find(source), find(target));
      return true;
    }, false);
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
    copyTo,
    deleteLink,
    drafts,
    drawSelection,
    drawnAs,
    isKnown,
    isLabelChosen,
    isLinking,
    isSubmitButton,
    lines,
    linkTo,
    links,
    linksPlace,
    placeOf,
    readText,
    relabel,
    release,
    result,
    select,
    selectPlace,
    selected,
    selectedPlace,
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

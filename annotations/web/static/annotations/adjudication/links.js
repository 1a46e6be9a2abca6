// Which links can be drawn: the scheme's rules on their ends come with the form, so that nothing else is offered.

const split = (names) => (names ?? "").split(" ").filter(Boolean);

/** The types that may lead from one end to some other, and for each the ends that it may lead to, the nearest first. */
export const listTypes = (source, ends) => {
  const place = ends.findIndex((end) => end.unit === source.unit);
  const nearest = ends
    .map((end, index) => ({ end, distance: Math.abs(index - place) }))
    .filter(({ end }) => end.unit !== source.unit)
    .sort((one, other) => one.distance - other.distance)
    .map(({ end }) => end);
  return source.leavesBy
    .map((type) => ({ type, targets: nearest.filter((end) => end.arrivesBy.includes(type)) }))
    .filter(({ targets }) => targets.length);
};

/** The ends that a form lists, with the types of links that may leave them and arrive there. */
export const readEnds = (form) =>
  [...form.querySelectorAll("datalist option")].map((option) => ({
    unit: option.value,
    name: option.label,
    leavesBy: split(option.dataset.leavesBy),
    arrivesBy: split(option.dataset.arrivesBy),
  }));

const fill = (list, entries, chosen) => {
  list.replaceChildren(...entries.map(([value, title]) => new Option(title, value, false, value === chosen)));
  list.disabled = !entries.length;
};

/** Offer in a form only what the scheme lets be drawn, and go on doing so as it is filled in. */
export const prepareLinks = (form) => {
  const ends = readEnds(form);
  const { source, relation, target } = form.elements;
  const titles = new Map([...relation.options].map((option) => [option.value, option.text]));
  const update = () => {
    const types = listTypes(
      ends.find((end) => end.unit === source.value) ?? { unit: "", leavesBy: [] },
      ends,
    );
    fill(
      relation,
      types.map(({ type }) => [type, titles.get(type)]),
      relation.value,
    );
    const targets = types.find(({ type }) => type === relation.value)?.targets ?? [];
    fill(
      target,
      targets.map((end) => [end.unit, end.name]),
      target.value,
    );
    form.querySelector("button[name=decision]").disabled = !targets.length;
  };
  const able = ends.filter((end) => listTypes(end, ends).length);
  fill(
    source,
    able.map((end) => [end.unit, end.name]),
    source.value,
  );
  form.addEventListener("change", update);
  update();
  return {
    /** Begin a link at a unit; false where none can. */
    startAt(unit) {
      if (!able.length) return false;
      const isAble = able.some((end) => end.unit === unit);
      source.value = isAble ? unit : able[0].unit;
      update();
      (isAble ? relation : source).focus();
      return true;
    },
  };
};

// Where a span may begin and end. The server says it, by the rule of the scheme that it holds everybody to.

/** The last of some sorted places that is not after one, or the first of all. */
const findBefore = (places, place) => places.findLast((each) => each <= place) ?? places[0];
const findAfter = (places, place) => places.find((each) => each >= place) ?? places.at(-1);

/** White space, and what stands for none of any width. */
const isBlank = (sign) => !sign.trim() || sign === "\u0085" || sign === "\u200b";

/**
 * Move the ends of what was selected inward from white space, then outward to where a span may begin and end.
 *
 * @param {{starts: number[], ends: number[]}} borders where a span may begin and end
 * @param {[number, number]} places what was selected
 * @param {string[]} points the code points of the text
 */
export const snap = ({ starts, ends }, [start, end], points) => {
  let [first, last] = [start, end];
  while (first < last && isBlank(points[first])) first += 1;
  while (last > first && isBlank(points[last - 1])) last -= 1;
  return first < last ? [findBefore(starts, first), findAfter(ends, last)] : [start, end];
};

/** Where an end goes by one press: to the next place where it may be, and never past the other end. */
export const step = ({ starts, ends }, [start, end], { direction, moves, isByLetter = false }) => {
  const places = moves === "start" ? starts : ends;
  const from = moves === "start" ? start : end;
  const ahead = direction > 0 ? places.find((each) => each > from) : places.findLast((each) => each < from);
  const next = isByLetter ? from + direction : (ahead ?? from);
  if (moves === "start") return next >= 0 && next < end ? [next, end] : [start, end];
  return next > start ? [start, next] : [start, end];
};

/** The first words at a place: from the next place where a span may begin to the next where it may end. */
export const takeFirst = ({ starts, ends }, place) => {
  const start = findAfter(starts, place);
  return [start, ends.find((each) => each > start) ?? start + 1];
};

// Where a span may begin and end: the rule of annotations/snapping.py for the browser. A test compares the two.
// Texts are arrays of code points.
"use strict";

window.Snapping = (() => {
  const MAX_WORD_LENGTH = 200;
  const MAX_SENTENCE_LENGTH = 1000;
  const MAX_BLANKS = 1000;
  const MAX_CLOSERS = 5;

  const BLANKS = new Set(
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b" +
      "\u2028\u2029\u202f\u205f\u3000\ufeff",
  );
  const MARK_OR_FORMAT = /^[\p{M}\p{Cf}]$/u;
  const SPACING_VOWELS = new Set("\u0e33\u0eb3");
  const OF_WORD = /^[\p{L}\p{N}_]$/u;
  const UNSPACED =
    /^[\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u318f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\u{1b000}-\u{1b16f}\u{20000}-\u{3ffff}]$/u;
  const REGIONAL = /^[\u{1f1e6}-\u{1f1ff}]$/u;
  const VIRAMA =
    /^[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0eba\u0f84\u1039\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed\u{10a3f}\u{11046}\u{11070}\u{1107f}\u{110b9}\u{11133}\u{11134}\u{111c0}\u{11235}\u{112ea}\u{1134d}\u{11442}\u{114c2}\u{115bf}\u{1163f}\u{116b6}\u{1172b}\u{11839}\u{1193d}\u{1193e}\u{119e0}\u{11a34}\u{11a47}\u{11a99}\u{11c3f}\u{11d44}\u{11d45}\u{11d97}]$/u;
  const HANGUL_SYLLABLE =
    /^(?:[\u1100-\u115f\ua960-\ua97c][\u1100-\u11a7\ua960-\ua97c\ud7b0-\ud7c6\uac00-\ud7a3]|[\u1160-\u11a7\ud7b0-\ud7c6\uac00-\ud7a3][\u1160-\u11ff\ud7b0-\ud7c6\ud7cb-\ud7fb]|[\u11a8-\u11ff\ud7cb-\ud7fb]{2})$/u;
  const HEBREW = /^[\u05d0-\u05ea]$/u;
  const JOINED_AFTER = new Set("\u200d\u2060");
  const APOSTROPHES = new Set("'\u2019\uff07");
  const JOINTS = new Set("'\u2019\uff07-\u2010\u2011\u058a\u05be");
  const INSIDE_NUMBERS = new Set(".,'\u2019");
  const INSIDE_WORDS = new Set("\u00b7\u05f3\u05f4");
  const QUOTES_INSIDE_HEBREW = new Set("'\"\u2019\u201d");
  const STOPS = new Set(".!?\u2026\u061f\u06d4\u0964\u0965\u1362\u104b\u17d4\u17d5");
  const STOPS_WITHOUT_SPACE = new Set("\u3002\uff01\uff1f\uff0e");
  const CLOSERS = new Set("\"'\u2019\u201d\u00bb\u203a)]}\u300d\u300f\uff09\u3011");
  const LINE_ENDS = new Set("\n\r\u0085\u2028\u2029");
  const TITLES = new Set("Mr Mrs Ms Dr Prof Gen Col Sen Rep Gov Pres St Mme Hr Fr".split(" "));

  const isBlank = (sign) => BLANKS.has(sign);
  const isSkinTone = (sign) => sign >= "\u{1f3fb}" && sign <= "\u{1f3ff}";
  const extendsBefore = (sign) =>
    sign > "\u007f" &&
    (SPACING_VOWELS.has(sign) || isSkinTone(sign) || (MARK_OR_FORMAT.test(sign) && !isBlank(sign)));
  const isOfSpacedWord = (sign) => OF_WORD.test(sign ?? "") && !UNSPACED.test(sign);
  const isDigit = (sign) => /^\p{Nd}$/u.test(sign);

  const trim = (text, start, end) => {
    let [first, last] = [start, end];
    while (first < end && first - start < MAX_BLANKS && isBlank(text[first])) first += 1;
    while (last > start && end - last < MAX_BLANKS && isBlank(text[last - 1])) last -= 1;
    const isFar = first - start === MAX_BLANKS || end - last === MAX_BLANKS;
    return isFar || first >= last ? [start, end] : [first, last];
  };

  const move = (text, place, step, isInside, most) => {
    for (let far = 0; far <= most; far += 1)
      if (!isInside(text, place + step * far)) return place + step * far;
    return place;
  };

  const countRegional = (text, place) => {
    let first = place;
    while (first && place - first < MAX_WORD_LENGTH && REGIONAL.test(text[first - 1])) first -= 1;
    return place - first;
  };

  const cutsCharacter = (text, place) => {
    if (place <= 0 || place >= text.length) return false;
    const [before, after] = [text[place - 1], text[place]];
    if (isBlank(before) || isBlank(after)) return false;
    if (before <= "\u007f" && after <= "\u007f") return false;
    if (extendsBefore(after) || JOINED_AFTER.has(before)) return true;
    if (VIRAMA.test(before) && OF_WORD.test(after)) return true;
    if (REGIONAL.test(before) && REGIONAL.test(after)) return countRegional(text, place) % 2 === 1;
    return HANGUL_SYLLABLE.test(before + after);
  };

  const findBase = (text, place) => {
    let base = place - 1;
    while (base > 0 && place - base < MAX_WORD_LENGTH && extendsBefore(text[base])) base -= 1;
    return base;
  };

  const skipExtending = (text, sign) => {
    let after = sign + 1;
    while (after < text.length && after - sign < MAX_WORD_LENGTH && extendsBefore(text[after])) after += 1;
    return after;
  };

  const holdsTogether = (text, before, sign) => {
    const after = skipExtending(text, sign);
    const [one, joint, other] = [text[before], text[sign], text[after]];
    if (!isOfSpacedWord(one) || !isOfSpacedWord(other)) return false;
    if (INSIDE_WORDS.has(joint)) return true;
    if (INSIDE_NUMBERS.has(joint) && isDigit(one) && isDigit(other)) return true;
    if (QUOTES_INSIDE_HEBREW.has(joint) && HEBREW.test(one) && HEBREW.test(other)) return true;
    const isLast = !OF_WORD.test(text[after + 1] ?? "");
    return APOSTROPHES.has(joint) && "nN".includes(one) && "tT".includes(other) && isLast;
  };

  const cutsRun = (text, place) => {
    if (place <= 0 || place >= text.length) return false;
    if (cutsCharacter(text, place)) return true;
    const base = findBase(text, place);
    if (isOfSpacedWord(text[base])) return isOfSpacedWord(text[place]) || holdsTogether(text, base, place);
    const before = findBase(text, base);
    return before >= 0 && isOfSpacedWord(text[place]) && holdsTogether(text, before, base);
  };

  const isJoint = (text, sign) => {
    if (sign <= 0 || sign >= text.length - 1 || !JOINTS.has(text[sign])) return false;
    return isOfSpacedWord(text[findBase(text, sign)]) && isOfSpacedWord(text[skipExtending(text, sign)]);
  };

  const beginsInsideWord = (text, place) => cutsRun(text, place) || isJoint(text, place);
  const endsInsideWord = (text, place) =>
    cutsRun(text, place) || (place < text.length && isJoint(text, findBase(text, place)));

  const isAbbreviation = (text, point) => {
    let first = point;
    while (first && point - first < MAX_WORD_LENGTH && /^\p{L}$/u.test(text[first - 1])) first -= 1;
    const word = text.slice(first, point);
    return TITLES.has(word.join("")) || (word.length === 1 && /^\p{Uppercase}$/u.test(word[0]));
  };

  const partsSentences = (text, end, start) => {
    const gap = text.slice(end, start);
    const continues = /^\p{Lowercase}$/u.test(text[start]);
    const lines = gap.filter(
      (sign, place) => LINE_ENDS.has(sign) && !(sign === "\r" && gap[place + 1] === "\n"),
    ).length;
    if (lines) return !continues || lines > 1;
    let last = end - 1;
    while (last > 0 && end - last <= MAX_CLOSERS && CLOSERS.has(text[last])) last -= 1;
    if (STOPS_WITHOUT_SPACE.has(text[last]))
      return !STOPS_WITHOUT_SPACE.has(text[start]) && !CLOSERS.has(text[start]);
    if (!gap.length || continues || !STOPS.has(text[last])) return false;
    return text[last] !== "." || !isAbbreviation(text, last);
  };

  const beginsInsideSentence = (text, place) => {
    if (!place || isBlank(text[place])) return place > 0;
    let before = place;
    while (before && place - before < MAX_BLANKS && isBlank(text[before - 1])) before -= 1;
    return before > 0 && !partsSentences(text, before, place);
  };

  const endsInsideSentence = (text, place) => {
    if (place === text.length || isBlank(text[place - 1])) return place < text.length;
    let after = place;
    while (after < text.length && after - place < MAX_BLANKS && isBlank(text[after])) after += 1;
    return after < text.length && !partsSentences(text, place, after);
  };

  const STAGES = [
    ["character", cutsCharacter, cutsCharacter, MAX_WORD_LENGTH],
    ["word", beginsInsideWord, endsInsideWord, MAX_WORD_LENGTH],
    ["sentence", beginsInsideSentence, endsInsideSentence, MAX_SENTENCE_LENGTH],
  ];

  /** The ends of a span of an array of code points, moved as a scheme says: "character", "word" or "sentence". */
  const snap = (text, from, to, how = "word") => {
    let [start, end] = trim(text, from, to);
    if (isBlank(text[start])) return [start, end];
    for (const [stage, begins, ends, most] of STAGES) {
      start = move(text, start, -1, begins, most);
      end = move(text, end, 1, ends, most);
      if (stage === how) break;
    }
    return [start, end];
  };

  return { snap, isBlank };
})();

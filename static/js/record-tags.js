// Themes of notes, as tags: which there are, and what somebody who types one may mean. Pure.

/** @import { State } from './types.js' */
import { fold, match } from './roster.js';

/** The longest tag, in characters; the server takes no longer one. */
export const MOST_LETTERS = 60;
const MOST_SUGGESTED = 8;

/** A tag ends at any of these, in whichever script it is written. */
const SEPARATORS = /[,;，；、،؛\n\t]/u;

/** @param {string} text */
export const separated = (text) => SEPARATORS.test(text);

/** Every tag of the debate, the most used first. @param {State} state @returns {string[]} */
export function tagsOf(state) {
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const { note } of Object.values(state.record ?? {})) for (const tag of note?.tags ?? []) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  return [...uses].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([tag]) => tag);
}

/** Those that answer to what was typed and are not on the note yet. @param {string[]} known @param {string[]} has @param {string} typed */
export function suggested(known, has, typed) {
  const q = fold(typed);
  const rest = known.filter((tag) => !has.includes(tag));
  if (!q) return rest.slice(0, MOST_SUGGESTED);
  return rest
    .flatMap((tag) => {
      const rank = match(fold(tag), q);
      return rank === undefined ? [] : [{ tag, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_SUGGESTED)
    .map((f) => f.tag);
}

/**
 * The tags of a note with those that were typed. One that is known but for case or accents is taken as it is known, so that
 * a theme does not stand twice in the summary.
 * @param {string[]} has @param {string} typed @param {string[]} known
 */
export function withTyped(has, typed, known) {
  const out = [...has];
  for (const part of typed.split(SEPARATORS)) {
    const tag = [...part.trim().replace(/\s+/g, ' ')].slice(0, MOST_LETTERS).join('').trim();
    if (!fold(tag)) continue;
    const spelled = [...out, ...known].find((other) => fold(other) === fold(tag)) ?? tag;
    if (!out.includes(spelled)) out.push(spelled);
  }
  return out;
}

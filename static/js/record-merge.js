// What a rapporteur's note holds, and how two versions of it come together. Pure.

/** @import { StreamedNote } from './types.js' */

/** @typedef {{text: string, tags: string[], quote: boolean}} Content */
/** @typedef {Content & {revision: number}} Note what the server has */

/** The most tags of a note; the server takes no more. */
export const MOST_TAGS = 20;

/** @type {Content} */
export const EMPTY = { text: '', tags: [], quote: false };

/** @param {{text: string, tags?: string[], quote?: boolean}} note @returns {Content} */
export const contentOf = ({ text, tags = [], quote = false }) => ({ text, tags, quote });

/** @param {StreamedNote} note @returns {Note} */
export const noteOf = (note) => ({ ...contentOf(note), revision: note.revision });

/** @param {Content} a @param {Content} b */
export const sameContent = (a, b) => a.text === b.text && a.quote === b.quote && a.tags.length === b.tags.length && a.tags.every((tag, n) => tag === b.tags[n]);

/**
 * What becomes of a note that two have changed from the same one: every tag that either has added, none that either has removed.
 * Undefined where both have changed the text: then somebody must see both.
 * @param {Content} from @param {Content} mine @param {Content} theirs
 * @returns {Content | undefined}
 */
export function merge(from, mine, theirs) {
  const kept = theirs.tags.filter((tag) => mine.tags.includes(tag) || !from.tags.includes(tag));
  const added = mine.tags.filter((tag) => !from.tags.includes(tag) && !kept.includes(tag));
  const rest = { tags: [...kept, ...added].slice(0, MOST_TAGS), quote: mine.quote === from.quote ? theirs.quote : mine.quote };
  if (mine.text === from.text || mine.text === theirs.text) return { text: theirs.text, ...rest };
  return theirs.text === from.text ? { text: mine.text, ...rest } : undefined;
}

/** One note of two. A quote only if both are: else some of it was not said so. @param {Content} theirs @param {Content} mine @returns {Content} */
export function both(theirs, mine) {
  return {
    text: `${theirs.text}\n\n${mine.text}`,
    tags: [...new Set([...theirs.tags, ...mine.tags])].slice(0, MOST_TAGS),
    quote: theirs.quote && mine.quote,
  };
}

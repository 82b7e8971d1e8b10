// The rapporteur's notes on their way to the server. Each is saved a second after the last key, kept on this device until it is,
// and never overwrites what somebody else has written meanwhile.

/** @import { Problem } from './types.js' */
import { ProblemError, newId } from './api.js';

/** @typedef {{text: string, revision: number}} Note what the server has */

/**
 * @typedef {object} Draft
 * @property {string} text
 * @property {number} base the revision that it changes
 * @property {Note} [conflict] what somebody else saved meanwhile
 * @property {Problem} [problem] why it was not saved
 * @property {boolean} [saving]
 * @property {string} [key] the id under which this text is sent
 */

/** @typedef {'none' | 'saved' | 'unsaved' | 'saving' | 'offline' | 'refused' | 'conflict'} NoteStatus */

/**
 * @typedef {object} Options
 * @property {(id: string, text: string, base: number, key: string) => Promise<{revision?: number}>} save throws ProblemError
 * @property {() => void} onChange
 * @property {(id: string) => void} [onConflict]
 * @property {string} [storage] key in localStorage
 * @property {number} [wait] ms after the last key
 */

const RETRY_MS = 4000;

export class Notes {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Map<string, Draft>} */
    this.drafts = new Map(this.read());
    /** @type {Map<string, Note>} what was saved here, until the stream shows it */
    this.saved = new Map();
    /** @type {{id: string, note: Note} | undefined} the note that has the focus, as it was then: nothing changes under a cursor */
    this.held = undefined;
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
    for (const [id, draft] of this.drafts) if (!draft.conflict) this.later(id);
  }

  /** The newest that is known of a note. @param {string} id @param {Note | undefined} streamed */
  latest(id, streamed) {
    const ours = this.saved.get(id);
    if (ours && ours.revision > (streamed?.revision ?? 0)) return ours;
    return streamed ?? { text: '', revision: 0 };
  }

  /** What stands in the field. @param {string} id @param {Note | undefined} streamed */
  text(id, streamed) {
    return this.drafts.get(id)?.text ?? (this.held?.id === id ? this.held.note.text : this.latest(id, streamed).text);
  }

  /** @param {string} id @param {Note | undefined} streamed @returns {NoteStatus} */
  status(id, streamed) {
    const draft = this.drafts.get(id);
    if (!draft) return this.latest(id, streamed).text === '' ? 'none' : 'saved';
    if (draft.conflict) return 'conflict';
    if (draft.saving) return 'saving';
    if (draft.problem) return draft.problem.code === 'network' ? 'offline' : 'refused';
    return 'unsaved';
  }

  /** The field has the focus. @param {string} id @param {Note | undefined} streamed */
  focus(id, streamed) {
    this.held = { id, note: this.latest(id, streamed) };
  }

  /** The field has lost it: what was typed is saved at once. @param {string} id */
  blur(id) {
    if (this.held?.id === id) this.held = undefined;
    if (this.timers.has(id)) this.save(id);
    this.options.onChange();
  }

  /** @param {string} id @param {string} text @param {Note | undefined} streamed */
  edit(id, text, streamed) {
    const draft = this.drafts.get(id) ?? { text, base: (this.held?.id === id ? this.held.note : this.latest(id, streamed)).revision };
    Object.assign(draft, { text, key: undefined, problem: undefined });
    this.drafts.set(id, draft);
    this.write();
    if (!draft.conflict) this.later(id);
    this.options.onChange();
  }

  /** Which of two texts is to stand, once the person has seen both. @param {string} id @param {'mine' | 'theirs' | 'both'} choice */
  settle(id, choice) {
    const draft = this.drafts.get(id);
    if (!draft?.conflict) return;
    const theirs = draft.conflict;
    if (choice === 'theirs') {
      this.saved.set(id, theirs);
      this.forget(id);
      return;
    }
    const text = choice === 'both' ? `${theirs.text}\n\n${draft.text}` : draft.text;
    this.drafts.set(id, { text, base: theirs.revision });
    this.write();
    this.save(id);
  }

  /** @param {string} id */
  forget(id) {
    this.drafts.delete(id);
    if (this.held?.id === id) this.held = undefined;
    this.write();
    this.options.onChange();
  }

  /** Saves now all that waits: the line is back, or the page is being left. */
  flush() {
    for (const [id, draft] of this.drafts) if (!draft.conflict && !draft.saving && (!draft.problem || draft.problem.code === 'network')) this.save(id);
  }

  /** @param {string} id */
  async save(id) {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const draft = this.drafts.get(id);
    if (!draft || draft.saving || draft.conflict) return;
    const { text, base } = draft;
    draft.key ??= newId();
    draft.saving = true;
    this.options.onChange();
    try {
      const answer = await this.options.save(id, text, base, draft.key);
      this.done(id, draft, { text, revision: answer.revision ?? base + 1 });
    } catch (err) {
      draft.saving = false;
      this.failed(id, draft, err instanceof ProblemError ? err.problem : { code: 'unknown' });
    }
    this.write();
    this.options.onChange();
  }

  /** @private @param {string} id @param {Draft} draft @param {Note} note */
  done(id, draft, note) {
    this.saved.set(id, note);
    draft.saving = false;
    draft.problem = undefined;
    if (this.held?.id === id) this.held = { id, note };
    if (draft.text === note.text) {
      this.drafts.delete(id);
    } else {
      draft.base = note.revision; // more was typed meanwhile
      this.later(id);
    }
  }

  /** @private @param {string} id @param {Draft} draft @param {Problem} problem */
  failed(id, draft, problem) {
    if (problem.code === 'note_changed' && problem.revision !== undefined) {
      const theirs = { text: problem.text ?? '', revision: problem.revision };
      if (theirs.text === draft.text) this.done(id, draft, theirs);
      else {
        draft.conflict = theirs;
        this.options.onConflict?.(id);
      }
      return;
    }
    const passing = problem.code === 'network' || [429, 502, 503, 504].includes(problem.status ?? 0);
    draft.problem = passing ? { code: 'network' } : problem;
    if (passing) this.later(id, RETRY_MS);
    else if (draft.key === undefined) this.later(id); // another text by now
  }

  /** @private @param {string} id @param {number} [ms] */
  later(id, ms = this.options.wait ?? 1000) {
    clearTimeout(this.timers.get(id));
    this.timers.set(id, setTimeout(() => this.save(id), ms));
  }

  /** @private */
  write() {
    const { storage } = this.options;
    if (!storage) return;
    try {
      const kept = [...this.drafts].map(([id, { text, base, conflict }]) => [id, { text, base, conflict }]);
      if (kept.length) localStorage.setItem(storage, JSON.stringify(kept));
      else localStorage.removeItem(storage);
    } catch {
      // Storage may be forbidden or full: then drafts last as long as the page, which asks before it is left.
    }
  }

  /** @private @returns {[string, Draft][]} */
  read() {
    try {
      const kept = this.options.storage && JSON.parse(localStorage.getItem(this.options.storage) ?? '[]');
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }
}

// The rapporteur's notes on their way to the server. Each is saved a second after the last key, kept on this device until it is,
// and never overwrites what somebody else has written meanwhile.

/** @import { Problem, StreamedNote } from './types.js' */
/** @import { Content, Note } from './record-merge.js' */
import { ProblemError, newId } from './api.js';
import { EMPTY, both, contentOf, merge, noteOf, sameContent } from './record-merge.js';

/**
 * @typedef {object} Draft
 * @property {Content} content
 * @property {Note} from what it changes
 * @property {Note} [conflict] what somebody else saved meanwhile
 * @property {Note} [behind] the same where only what is not under the cursor was changed here: brought together once the cursor has left
 * @property {Problem} [problem] why it was not saved
 * @property {boolean} [saving]
 * @property {Sent} [sent] what is on its way, or whose answer was lost: sent again as it was before anything newer is
 */

/** @typedef {{content: Content, from: Note, key: string}} Sent key: the id under which it is sent */
/** @typedef {'none' | 'saved' | 'unsaved' | 'saving' | 'offline' | 'refused' | 'conflict'} NoteStatus */

/**
 * @typedef {object} Options
 * @property {(id: string, content: Content, base: number, key: string) => Promise<{revision?: number}>} save throws ProblemError
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
    /** @type {{id: string, note: Note} | undefined} the note whose text has the focus, as it was then: nothing changes under a cursor */
    this.held = undefined;
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
    for (const [id, draft] of this.drafts) if (!draft.conflict) this.later(id);
  }

  /** The newest that is known of a note. @param {string} id @param {StreamedNote | undefined} streamed @returns {Note} */
  latest(id, streamed) {
    const ours = this.saved.get(id);
    if (ours && ours.revision > (streamed?.revision ?? 0)) return ours;
    return streamed ? noteOf(streamed) : { ...EMPTY, revision: 0 };
  }

  /** What stands in the fields. @param {string} id @param {StreamedNote | undefined} streamed @returns {Content} */
  content(id, streamed) {
    return this.drafts.get(id)?.content ?? this.shown(id, streamed);
  }

  /** What stands there while nothing is changed. @private @param {string} id @param {StreamedNote | undefined} streamed @returns {Note} */
  shown(id, streamed) {
    return this.held?.id === id ? this.held.note : this.latest(id, streamed);
  }

  /** @param {string} id @param {StreamedNote | undefined} streamed @returns {NoteStatus} */
  status(id, streamed) {
    const draft = this.drafts.get(id);
    if (!draft) return sameContent(this.latest(id, streamed), EMPTY) ? 'none' : 'saved';
    if (draft.conflict) return 'conflict';
    if (draft.saving) return 'saving';
    if (draft.problem) return draft.problem.code === 'network' ? 'offline' : 'refused';
    return 'unsaved';
  }

  /** The text has the focus. @param {string} id @param {StreamedNote | undefined} streamed */
  focus(id, streamed) {
    this.held = { id, note: this.latest(id, streamed) };
  }

  /** The text has lost it: what was typed is saved at once. @param {string} id */
  blur(id) {
    if (this.held?.id === id) this.held = undefined;
    const draft = this.drafts.get(id);
    if (draft?.behind) {
      const theirs = draft.behind;
      draft.behind = undefined;
      this.meet(id, draft, theirs);
    }
    if (this.timers.has(id)) this.save(id);
    this.options.onChange();
  }

  /** @param {string} id @param {Partial<Content>} change @param {StreamedNote | undefined} streamed */
  edit(id, change, streamed) {
    let draft = this.drafts.get(id);
    if (!draft) {
      const from = this.shown(id, streamed);
      draft = { content: contentOf(from), from };
      this.drafts.set(id, draft);
    }
    const before = draft.content;
    draft.content = { ...before, ...change };
    draft.problem = undefined;
    if (draft.behind && draft.content.text !== before.text) this.clash(id, draft, draft.behind);
    this.write();
    if (!draft.conflict && !draft.behind) this.later(id);
    this.options.onChange();
  }

  /** Which of two notes is to stand, once the person has seen both. @param {string} id @param {'mine' | 'theirs' | 'both'} choice */
  settle(id, choice) {
    const draft = this.drafts.get(id);
    if (!draft?.conflict) return;
    const theirs = draft.conflict;
    if (choice === 'theirs') {
      this.saved.set(id, theirs);
      this.forget(id);
      return;
    }
    this.drafts.set(id, { content: choice === 'both' ? both(theirs, draft.content) : draft.content, from: theirs });
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
    for (const [id, draft] of this.drafts) if (!draft.saving && (!draft.problem || draft.problem.code === 'network')) this.save(id);
  }

  /** @param {string} id */
  async save(id) {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const draft = this.drafts.get(id);
    if (!draft || draft.saving || draft.conflict || draft.behind) return;
    // Where nobody answered it may have been done: what was typed since is a change of that, not a second note beside it.
    const sent = (draft.sent ??= { content: draft.content, from: draft.from, key: newId() });
    const { content, from, key } = sent;
    draft.saving = true;
    this.write();
    this.options.onChange();
    try {
      const answer = await this.options.save(id, content, from.revision, key);
      this.done(id, draft, { ...content, revision: answer.revision ?? from.revision + 1 });
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
    draft.sent = draft.problem = undefined;
    if (this.held?.id === id) this.held = { id, note };
    if (sameContent(draft.content, note)) {
      this.drafts.delete(id);
    } else {
      draft.from = note; // more was changed meanwhile
      this.later(id);
    }
  }

  /** @private @param {string} id @param {Draft} draft @param {Problem} problem */
  failed(id, draft, problem) {
    const { sent } = draft;
    const passing = problem.code === 'network' || [429, 502, 503, 504].includes(problem.status ?? 0);
    if (!passing) draft.sent = undefined;
    if (problem.code === 'note_changed' && problem.revision !== undefined) {
      this.meet(id, draft, noteOf({ text: problem.text ?? '', revision: problem.revision, tags: problem.tags, quote: problem.quote }));
      return;
    }
    draft.problem = passing ? { code: 'network' } : problem;
    if (passing) this.later(id, RETRY_MS);
    else if (sent?.content !== draft.content) this.later(id); // another content by now
  }

  /** Somebody else has saved meanwhile: brings the two together where no words are lost by it, else lets the person see both. @private @param {string} id @param {Draft} draft @param {Note} theirs */
  meet(id, draft, theirs) {
    const merged = merge(draft.from, draft.content, theirs);
    if (!merged) this.clash(id, draft, theirs);
    else if (merged.text !== draft.content.text && this.held?.id === id) draft.behind = theirs;
    else if (sameContent(merged, theirs)) {
      draft.content = merged;
      this.done(id, draft, theirs);
    } else {
      Object.assign(draft, { content: merged, from: theirs });
      this.later(id, 0);
    }
  }

  /** @private @param {string} id @param {Draft} draft @param {Note} theirs */
  clash(id, draft, theirs) {
    draft.behind = undefined;
    draft.conflict = theirs;
    this.options.onConflict?.(id);
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
      const kept = [...this.drafts].map(([id, { content, from, conflict, sent }]) => [id, { content, from, conflict, sent }]);
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
      return Array.isArray(kept) ? kept.map(([id, draft]) => [id, revive(draft)]) : [];
    } catch {
      return [];
    }
  }
}

/** A draft as it was kept, also by the version before tags. @param {any} kept @returns {Draft} */
function revive({ content, from, conflict, sent, text, base }) {
  return {
    content: content ? contentOf(content) : contentOf({ text: String(text) }),
    from: from ? noteOf(from) : { ...EMPTY, revision: Number(base) },
    ...(conflict && { conflict: noteOf(conflict) }),
    ...(sent && { sent: { content: contentOf(sent.content), from: noteOf(sent.from), key: String(sent.key) } }),
  };
}

// What the chair's page does: its commands, what is under way, and what it says beside a button that was refused.

/** @import { Kind, Level, State } from './types.js' */
/** @import { App, Model } from './app.js' */
/** @import { Act } from './chair-acts.js' */
import { ProblemError, newId } from './api.js';
import { meaning } from './chair-acts.js';
import { focusDrawn } from './drawing.js';
import { problemText, t } from './i18n.js';
import { Deaf, Moves } from './chair-guard.js';
import { currentPanel } from './list.js';

const NOTE_MS = 8000;
const GRACE_MS = 700; // a line that is back sooner is not worth a word
const START = 'rostrum.chair.start';
const KEYS = 'rostrum.chair.keys';
const UNLIMITED = 'rostrum.chair.unlimited';
const ARMED_MS = 5000;

/**
 * @typedef {object} Draft Somebody who raised a hand.
 * @property {string} query
 * @property {string} [picked] participant
 * @property {number} active the suggestion that Enter takes; -1: none yet
 * @property {boolean} open
 * @property {boolean} more
 * @property {boolean} newcomer not on the roster: `query` is the name
 * @property {Kind} [kind] chosen by hand
 * @property {string} behalf
 * @property {string} speaker
 * @property {Level | ''} level
 * @property {string} category
 */

/** @typedef {'message' | 'order' | 'statistics' | 'access'} SheetName what is rarely done, one tap away in the place of the list */

/** @returns {Draft} */
export const emptyDraft = () => ({ query: '', active: -1, open: false, more: false, newcomer: false, behalf: '', speaker: '', level: '', category: 'civil_society' });

/** What a draft says, however it is shown. @param {Draft} draft */
const wordsOf = ({ query, kind, behalf, speaker, level, category }) => JSON.stringify([query, kind, behalf, speaker, level, category]);

export class Desk {
  constructor() {
    /** @type {App | undefined} known once the page has booted */
    this.app = undefined;
    /** @type {{where: string, text: string, n: number} | undefined} the last thing that was said beside a button */
    this.note = undefined;
    this.notes = 0;
    /** @type {Set<string>} places with a command under way */
    this.busy = new Set();
    /** @type {Map<string, string>} meaning -> id of a command whose answer was lost, to be sent again as it was */
    this.unsure = new Map();
    /** @type {Set<string>} those of them that were given up. Once something later was answered, the same again is meant anew */
    this.lost = new Set();
    this.main = new Deaf();
    this.mainWords = ''; // of the large button, as they were drawn
    /** @type {{what: string, at: number} | undefined} a tap that was refused since others had changed its button's words; at: performance.now() ms */
    this.reworded = undefined;
    this.undoing = new Deaf();
    this.end = new Deaf();
    this.moves = new Moves();
    this.touched = -Infinity; // when a finger last came down, performance.now() ms
    this.inherited = new Deaf(); // the row that got the focus when another went
    this.inherited.see('', 0);
    this.draft = emptyDraft();
    this.autostart = stored(START) !== 'off';
    this.keys = stored(KEYS) !== 'off';
    this.help = false;
    this.adding = false;
    this.stale = true;
    /** @type {SheetName | undefined} */
    this.sheet = undefined;
    /** @type {HTMLElement | undefined} what opened the sheet, and gets the focus back */
    this.opener = undefined;
    /** @type {string | undefined} the row whose rarer acts are shown */
    this.opened = undefined;
    this.unlimited = stored(UNLIMITED) === 'on'; // answers of the panel without a limit
    /** @type {string | undefined} what has been tapped once and cannot be undone */
    this.armed = undefined;
    this.sure = new Deaf(500);
    this.sure.see('', 0);
    /** @type {Map<string, ReturnType<typeof setTimeout>>} */
    this.timers = new Map();
  }

  render() {
    this.app?.render();
  }

  /** Renders once more when something ends by itself. @param {string} name @param {number} ms @param {() => void} [then] */
  later(name, ms, then) {
    clearTimeout(this.timers.get(name));
    this.timers.set(
      name,
      setTimeout(() => {
        this.timers.delete(name);
        then?.();
        this.render();
      }, ms),
    );
  }

  /** Looks at what is about to be shown. @param {Model} model */
  see(model) {
    const away = model.status.kind === 'live' ? 0 : performance.now() - model.status.since;
    this.stale = !model.state || model.status.kind === 'denied' || away >= GRACE_MS;
    if (away > 0 && !this.stale) this.later('stale', GRACE_MS - away + 20);
  }

  // --- words beside a button

  /** @param {string} where @param {string} text */
  say(where, text) {
    this.note = { where, text, n: ++this.notes };
    this.later('note', NOTE_MS, () => (this.note = undefined));
    this.render();
  }

  // --- commands

  /**
   * Sends a command for the button at `where`, once at a time. Its id is kept while nobody has answered, so that the next
   * try is the same command.
   * @param {string} where
   * @param {string} meaning
   * @param {(id: string, app: App) => Promise<unknown>} send
   * @returns {Promise<boolean>} done
   */
  async act(where, meaning, send) {
    const app = this.app;
    if (!app || this.busy.has(where)) return false;
    if (this.stale) {
      this.say(where, t('chair.stale_note'));
      return false;
    }
    const before = [...this.lost].filter((m) => m !== meaning);
    const id = this.unsure.get(meaning) ?? newId();
    this.unsure.set(meaning, id);
    this.busy.add(where);
    this.note = undefined;
    this.render();
    try {
      await send(id, app);
      for (const m of [meaning, ...before]) this.settled(m);
      return true;
    } catch (err) {
      if (!(err instanceof ProblemError)) throw err;
      if (err.code !== 'network') this.settled(meaning);
      else if (where !== 'add') this.lost.add(meaning); // who was to be added may still stand in the form
      this.say(where, problemText(err.problem));
      return false;
    } finally {
      this.busy.delete(where);
      this.render();
    }
  }

  /** When the finger of a click came down, which is what it was meant for; now, where none did (a screen reader's click). @param {number} now */
  downAt(now) {
    return now - this.touched < 1000 ? this.touched : now;
  }

  /** @private @param {string} meaning */
  settled(meaning) {
    this.unsure.delete(meaning);
    this.lost.delete(meaning);
  }

  /**
   * Whether something still says what was drawn there. Where others have put words of theirs (a translator), nobody knows what the chair has
   * read: the tap is refused, our words are drawn again, and the next one counts.
   * @param {string} where
   * @param {string} what the tap is for
   * @param {Element | null | undefined} element
   * @param {string} words as they were drawn
   */
  reads(where, what, element, words) {
    if (!element || bare(element.textContent ?? '') === bare(words)) return true;
    const now = performance.now();
    const ago = this.reworded?.what === what ? now - this.reworded.at : Infinity;
    if (ago < NOTE_MS) return ago >= this.main.ms;
    this.reworded = { what, at: now };
    this.app?.drawing.claim(element);
    this.say(where, t('chair.reworded'));
    return false;
  }

  /** What the main button says. @param {State} state @param {Act} act @param {Element | null} [button] */
  perform(state, act, button) {
    const what = `${state.panel} ${meaning(act)}`;
    if (this.main.deaf(performance.now())) return;
    if (what !== this.main.meaning) return this.render(); // it is drawn as another
    if (!this.reads('main', what, button, this.mainWords)) return;
    const panel = `/panels/${encodeURIComponent(state.panel)}`;
    switch (act.kind) {
      case 'open':
        return this.act('main', `open ${state.panel}`, (key, app) => app.api.command('PATCH', panel, { status: 'open' }, { key }));
      case 'open_list':
        return this.act('main', `list ${state.panel}`, (key, app) => app.api.command('PATCH', panel, { list: 'open' }, { key }));
      case 'call':
        return this.call(state, act.request !== undefined ? { request: act.request } : { participant: act.participant, kind: act.as }, 'main');
      case 'close':
        return this.act('main', `close ${state.panel}`, (key, app) => app.api.command('PATCH', panel, { status: 'closed' }, { key }));
      case 'switch':
        return this.switchTo(act.panel ?? state.panel, 'main');
      case 'start':
      case 'resume':
        return this.timer(state, 'start');
      case 'hold':
        return this.timer(state, 'pause');
    }
  }

  /**
   * Gives the floor. The server refuses when somebody else has it than this page shows.
   * @param {State} state as it was shown
   * @param {{request?: string, participant?: string, kind?: Kind, limit_ms?: number | null}} whom
   * @param {string} where
   */
  async call(state, whom, where) {
    if (this.busy.has('call')) return false;
    this.busy.add('call');
    const before = state.floor?.id ?? '';
    const body = { ...whom, instead_of: before, ...(!this.autostart && { start: false }) };
    try {
      return await this.act(where, `call ${before} ${JSON.stringify(body)}`, (id, app) => app.api.command('PUT', '/floor', { id, ...body }));
    } finally {
      this.busy.delete('call');
    }
  }

  /** @param {State} state @param {'start' | 'pause'} timer */
  timer(state, timer) {
    return this.act('main', `${timer} ${state.floor?.id} ${state.floor?.timer.used_ms}`, (key, app) => app.api.command('PATCH', floorOf(state), { timer }, { key }));
  }

  /** Every tap counts, so each is a command of its own. @param {State} state @param {number} ms */
  addTime(state, ms) {
    const where = `time ${++this.notes}`;
    return this.act('floor', where, (key, app) => {
      this.busy.delete('floor');
      return app.api.command('PATCH', floorOf(state), { add_ms: ms }, { key });
    });
  }

  /** @param {State} state */
  endFloor(state) {
    if (this.end.deaf(performance.now())) return;
    return this.act('floor', `end ${state.floor?.id}`, (key, app) => app.api.command('DELETE', floorOf(state), undefined, { key }));
  }

  /** Ends a point of order with the chair's ruling; the speaker whom it interrupted is back. @param {State} state @param {'sustained' | 'overruled'} ruling */
  rule(state, ruling) {
    if (this.end.deaf(performance.now())) return;
    return this.act('main', `${ruling} ${state.floor?.id}`, (key, app) => app.api.command('DELETE', `${floorOf(state)}&ruling=${ruling}`, undefined, { key }));
  }

  /** Who has been called is not in the room. @param {State} state */
  absentFloor(state) {
    if (this.end.deaf(performance.now())) return;
    return this.act('floor', `absent ${state.floor?.id}`, (key, app) => app.api.command('POST', floorOf(state).replace('/floor', '/floor/absent'), undefined, { key }));
  }

  /** Gives the floor back the time in which the server was away. @param {State} state @param {number} ms */
  giveBack(state, ms) {
    return this.act('floor', `back ${state.floor?.id} ${ms}`, (key, app) => app.api.command('PATCH', floorOf(state), { back_ms: Math.min(86_400_000, Math.max(1, Math.round(ms))) }, { key }));
  }

  /** Charges the floor with the time in which the server's machine slept, and goes on. @param {State} state @param {number} ms */
  charge(state, ms) {
    const charged = { charge_ms: Math.min(86_400_000, Math.max(1, Math.round(ms))) };
    const start = currentPanel(state)?.status === 'open' && { timer: 'start' };
    return this.act('floor', `charge ${state.floor?.id} ${ms}`, (key, app) => app.api.command('PATCH', floorOf(state), { ...charged, ...start }, { key }));
  }

  /** Another limit for all who remain, said on the screens. @param {State} state @param {number} limit_ms */
  announceLimit(state, limit_ms) {
    const path = `/panels/${encodeURIComponent(state.panel)}`;
    return this.act('list', `announce ${path} ${limit_ms}`, (key, app) => app.api.command('PATCH', path, { limit_ms, announce: true }, { key }));
  }

  /** Takes those whom a panel did not reach to the list of another. @param {string} from @param {string} to */
  carry(from, to) {
    return this.act('carry', `carry ${from} ${to}`, (id, app) => app.api.command('POST', `/panels/${encodeURIComponent(from)}/carry`, { id, to }));
  }

  /** @param {State} state @param {{status?: string, list?: string, limit_ms?: number | null}} change @param {string} where */
  setPanel(state, change, where) {
    const path = `/panels/${encodeURIComponent(state.panel)}`;
    return this.act(where, `${path} ${JSON.stringify(change)}`, (key, app) => app.api.command('PATCH', path, change, { key }));
  }

  /** @param {string} panel @param {string} [where] */
  switchTo(panel, where = 'tabs') {
    return this.act(where, `panel ${panel}`, (key, app) => app.api.command('PUT', '/panel', { panel }, { key }));
  }

  /** @param {string} id @param {string | null} before */
  move(id, before) {
    return this.act(`row ${id}`, `move ${id} ${before}`, (key, app) => app.api.command('PATCH', `/requests/${encodeURIComponent(id)}`, { before }, { key }));
  }

  /** @param {State} state @param {string} id */
  remove(state, id) {
    if (!Object.hasOwn(state.requests, id)) return;
    return this.act(`row ${id}`, `remove ${id}`, (key, app) => app.api.command('DELETE', `/requests/${encodeURIComponent(id)}`, undefined, { key }));
  }

  /** Who asked is not in the room: to the end of the list once, then off it. @param {string} id */
  absent(id) {
    return this.act(`row ${id}`, `absent ${id}`, (key, app) => app.api.command('POST', `/requests/${encodeURIComponent(id)}/absent`, undefined, { key }));
  }

  /** @param {string} id @param {Level | ''} level "": none */
  setLevel(id, level) {
    return this.act(`row ${id}`, `level ${id} ${level}`, (key, app) => app.api.command('PATCH', `/requests/${encodeURIComponent(id)}`, { level }, { key }));
  }

  /** Who was taken off the list is in the room after all. @param {State} state @param {string} participant */
  askAgain(state, participant) {
    const panel = state.panel;
    return this.act('missing', `again ${participant} ${panel}`, (id, app) => app.api.command('POST', '/requests', { id, participant, panel }));
  }

  /** Two change places, as one of them offered. @param {string} id @param {string} other */
  exchange(id, other) {
    return this.act(`row ${id}`, `exchange ${id} ${other}`, (key, app) => app.api.command('PUT', `/requests/${encodeURIComponent(id)}/exchange`, { with: other }, { key }));
  }

  /** Takes back the last action, the one that the page shows. @param {State} state */
  undo(state) {
    if (!state.undo || this.undoing.deaf(performance.now())) return;
    const of = state.undo.id;
    return this.act('dock', `undo ${of}`, (id, app) => app.api.command('POST', '/undo', { id, of }));
  }

  // --- somebody who raised a hand

  /**
   * Puts the one of the draft on the list, or calls them at once; a newcomer goes to the roster first.
   * @param {State} state
   * @param {string | undefined} participant undefined: a newcomer
   * @param {Kind} kind
   * @param {boolean} now call at once
   */
  async raise(state, participant, kind, now) {
    const { query, category, newcomer } = this.draft;
    const before = { ...this.draft };
    const sent = wordsOf(before);
    const same = () => wordsOf(this.draft) === sent; // nobody has typed meanwhile
    const behalf_of = groupOf(state, this.draft.behalf.trim()) || undefined;
    const level = this.draft.level || undefined;
    const speaker = this.draft.speaker.trim() || undefined;
    if (participant === undefined) {
      const name = query.trim();
      const known = await this.act('add', `participant ${name} ${category}`, async (id, app) => {
        await app.api.command('POST', '/participants', { id, name, category });
        participant = id;
      });
      if (!known || participant === undefined) return;
      if (same()) Object.assign(this.draft, { picked: participant, newcomer: false });
    }
    let done;
    if (now && !behalf_of && !speaker && !level) done = await this.call(state, { participant, kind }, 'add');
    else {
      const body = { participant, panel: state.panel, kind, behalf_of, speaker, level };
      let request = '';
      done = await this.act('add', `ask ${JSON.stringify(body)}`, async (id, app) => {
        await app.api.command('POST', '/requests', { id, ...body });
        request = id;
      });
      if (done && now) done = await this.call(state, { request }, 'add');
    }
    if (!same()) {
      // What is typed by now is about the next one. What was said of this one does not go over to them.
      const empty = emptyDraft();
      for (const field of /** @type {const} */ (['kind', 'behalf', 'speaker', 'level'])) {
        if (done && this.draft[field] === before[field]) Object.assign(this.draft, { [field]: empty[field] });
      }
      return this.render();
    }
    if (done) this.draft = { ...emptyDraft(), more: this.draft.more && !newcomer };
    else this.draft.open = false;
    this.render();
  }

  /** Where there is no room for it, what adds to the list, and what calls those who answer, is shown when it is wanted. @param {boolean} [on] */
  toggleAdding(on = !this.adding) {
    const focus = () => {
      const field = document.getElementById('add-search');
      field?.focus();
      return document.activeElement === field;
    };
    if (on && focus()) return; // it is in sight
    this.adding = on;
    this.render();
    if (on) focusDrawn(focus);
  }

  // --- sheets

  /** Opens a sheet, or closes it where it is open. @param {SheetName} name @param {Event} [e] */
  toggleSheet(name, e) {
    if (this.sheet === name) return this.closeSheet();
    if (this.sheet === undefined) this.opener = /** @type {HTMLElement | undefined} */ (e?.currentTarget ?? undefined);
    this.sheet = name;
    this.armed = undefined;
    this.render();
    focusDrawn(() => document.getElementById('sheet-title')?.focus());
  }

  closeSheet() {
    this.sheet = undefined;
    this.armed = undefined;
    this.render();
    const back = this.opener;
    if (back?.isConnected) focusDrawn(() => back.focus({ preventScroll: true }));
  }

  /**
   * What cannot be undone takes two taps, with half a second between them: true at the second.
   * @param {string} what
   */
  twice(what) {
    const now = performance.now();
    if (this.armed === what) {
      if (this.sure.deaf(now)) return false;
      this.armed = undefined;
      this.render();
      return true;
    }
    this.armed = what;
    this.sure.see(`${what} ${now}`, now);
    this.later('armed', ARMED_MS, () => (this.armed = undefined));
    this.render();
    return false;
  }

  /** @param {string} id */
  toggleRow(id) {
    this.opened = this.opened === id ? undefined : id;
    this.render();
  }

  // --- this tablet's habits

  /** @param {boolean} on */
  setUnlimited(on) {
    this.unlimited = on;
    store(UNLIMITED, on ? 'on' : 'off');
    this.render();
  }

  /** @param {boolean} on */
  setAutostart(on) {
    this.autostart = on;
    store(START, on ? 'on' : 'off');
    this.render();
  }

  /** @param {boolean} on */
  setKeys(on) {
    this.keys = on;
    store(KEYS, on ? 'on' : 'off');
    this.render();
  }
}

/** A text without what separates its parts: spaces, and marks of direction. @param {string} text */
const bare = (text) => text.replace(/[\s\p{Cf}]/gu, '');

/** The path of the floor as the page shows it, so that a late command never meets the next speaker. @param {State} state */
const floorOf = (state) => `/floor?floor=${encodeURIComponent(state.floor?.id ?? '')}`;

/** A group of the debate by its id, where the text is its name in any language; else the text. @param {State} state @param {string} text */
export function groupOf({ debate }, text) {
  const known = Object.entries(debate.groups ?? {}).find(([, names]) => Object.values(names).includes(text));
  return known ? known[0] : text;
}

/** @param {string} key */
function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden
  }
}

/** @param {string} key @param {string} value */
function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}

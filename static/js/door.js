// The join form: which delegation, and the code that stands on the room's screen. A phone that comes for the first time gets it in the
// page itself, with its words and the roster, and can use it before any module is here: so this script imports nothing. The page's
// modules then give it what they know better (floor.js), and it stays what it is, with the finger in it.

/** @import { Participant, Problem } from './types.js' */

/**
 * @typedef {object} Draft of somebody who joins.
 * @property {string} query
 * @property {boolean} open the list of delegations
 * @property {number} active the option that the keyboard is on, -1: none
 * @property {string} [chosen] participant
 * @property {string} code
 * @property {boolean} scanned the code came with the address
 * @property {Problem} [problem] what was refused
 * @property {number} [until] performance.now() ms until which there may be no other try
 * @property {'choose' | 'code'} [missing] what the form lacks
 * @property {boolean} busy
 * @property {boolean} again it has joined before and may go back
 */

/**
 * @typedef {object} Given What the page's modules do better, or at all.
 * @property {(key: string, params?: Record<string, string | number>) => string} t
 * @property {(problem: Problem) => string} problemText
 * @property {(query: string) => Participant[] | undefined} search undefined: it does not know yet
 * @property {(id: string) => Participant | undefined} get
 * @property {() => void} searched
 * @property {(participant: string, code: string) => void} join
 * @property {() => void} back
 */

/** The digits of a text in any script, as 0-9: people copy what their keyboard gives. @param {string} text */
export function digitsOf(text) {
  let out = '';
  for (const c of text) {
    if (!/\p{Nd}/u.test(c)) continue;
    // Decimal digits stand in rows of ten, from zero up.
    const at = /** @type {number} */ (c.codePointAt(0));
    let zero = at;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    out += (at - zero) % 10;
  }
  return out;
}

/** Whether a code is the token of the QR code, which nobody types. @param {string} code */
export const isToken = (code) => /^~[\w-]+$/.test(code);

/** The join code or token in an address's fragment, "#code=123456"; "" when there is none. @param {string} hash */
export function codeIn(hash) {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code') ?? '';
  return isToken(code) ? code : digitsOf(code).slice(0, 6);
}

/** Whether a code can be sent. @param {string} code */
const whole = (code) => isToken(code) || code.length === 6;

/** The next option of a list for a key, -1 when there is none. @param {string} key @param {number} active @param {number} count */
export function moveActive(key, active, count) {
  if (count === 0) return -1;
  return key === 'ArrowDown' ? (active + 1) % count : (active <= 0 ? count : active) - 1;
}

/** A name as one types it, without case and accents, a space before each word. @param {string} text */
const plain = (text) => ` ${text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()}`;

/** Problems of the code stand at the code; all others at the form. @param {Problem | undefined} problem */
const ofCode = (problem) => problem?.code === 'bad_code' || (problem?.code === 'malformed' && problem.field === 'code');

const TYPED = 'rostrum.door.typed'; // what goes over to the page that begins anew

export class Door {
  /** @param {HTMLElement} main the form's place in the page */
  constructor(main) {
    this.main = main;
    /** @type {Partial<Given>} */
    this.given = {};
    /** @type {string | undefined} of the debate */
    this.title = undefined;
    this.shown = '';
    /** @type {Record<string, string>} */
    this.words = Object.assign({}, ...this.brought('messages'));
    /** @type {Participant[]} in the language of the words */
    this.participants = this.brought('roster')[0]?.participants ?? [];
    /** Whether the page came with all that the form needs: the server saw that the phone speaks for nobody yet. */
    this.first = this.participants.length > 0;
    this.draft = { ...this.fresh(), ...this.typed() };
    this.scan();
    this.listen();
    if (!this.first) return;
    main.hidden = false;
    this.draw();
  }

  /** @private @param {string} kind @returns {any[]} */
  brought(kind) {
    return [...document.querySelectorAll(`script[data-${kind}]`)].map((el) => JSON.parse(el.textContent ?? ''));
  }

  /** @private @returns {Draft} */
  fresh() {
    return { query: '', open: false, active: -1, code: '', scanned: false, busy: false, again: false };
  }

  /** The code comes in the fragment, which no server sees; it need not stay in the address either. @private */
  scan() {
    const code = codeIn(location.hash);
    if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);
    if (code) Object.assign(this.draft, { code, scanned: whole(code), missing: undefined, ...(!this.draft.until && { problem: undefined }) });
  }

  /** What was typed before the page began anew. @private @returns {Partial<Draft>} */
  typed() {
    try {
      const typed = JSON.parse(sessionStorage.getItem(TYPED) ?? '{}');
      sessionStorage.removeItem(TYPED);
      return typed;
    } catch {
      return {}; // storage may be forbidden
    }
  }

  /**
   * The rest of the page did not come, and the page is about to begin again (begin.js): not under somebody's fingers, and with what was typed.
   * @private @param {Event} e
   */
  again(e) {
    const { query, chosen, code, scanned, busy } = this.draft;
    if (!busy && document.activeElement?.matches('#door input')) return e.preventDefault();
    try {
      sessionStorage.setItem(TYPED, JSON.stringify({ query, chosen, code, scanned, busy }));
    } catch {
      // As above.
    }
  }

  /** Begins anew. @param {Partial<Draft>} [draft] */
  reset(draft) {
    this.draft = { ...this.fresh(), ...draft };
    this.draw();
  }

  /** From now on the page's modules help. @param {Given} given */
  give(given) {
    this.given = given;
    this.draw();
    const { busy, chosen, code } = this.draft;
    if (busy && chosen !== undefined) given.join(chosen, code); // it waited for them
  }

  focus() {
    this.find('#door-heading').focus();
  }

  // --- what it knows

  /** @private @param {string} key */
  t(key) {
    return this.given.t?.(key) ?? this.words[key] ?? '';
  }

  /** @private @param {string} category */
  categoryOf(category) {
    const key = `category.${category}`;
    const text = this.t(key);
    return text === '' || text === key ? category : text;
  }

  /** @private @returns {Participant[]} */
  found() {
    const known = this.given.search?.(this.draft.query);
    if (known) return known;
    const query = plain(this.draft.query);
    if (query === ' ') return this.participants;
    /** @param {Participant} p */
    const rank = (p) => (plain(p.name).startsWith(query) ? 0 : 1);
    return this.participants.filter((p) => plain(p.name).includes(query)).sort((a, b) => rank(a) - rank(b) || a.sort - b.sort);
  }

  // --- what the person does

  /** @private */
  listen() {
    const [who, code, options] = [this.field('#who'), this.field('#code'), this.find('#delegations')];
    addEventListener('rostrum-lost', () => this.draft.busy && this.change({ problem: { code: 'network' } }));
    addEventListener('rostrum-again', (e) => this.again(e));
    // A phone that scans again in the same tab changes nothing but the fragment.
    addEventListener('hashchange', () => {
      this.scan();
      this.draw();
    });
    who.addEventListener('focus', () => this.unfold(true));
    who.addEventListener('click', () => this.unfold(true));
    // Only after the tap that took the focus: what lies below the list would slip away from under the finger.
    let pressed = false;
    for (const type of ['pointerdown', 'pointerup', 'pointercancel']) addEventListener(type, () => (pressed = type === 'pointerdown'), true);
    who.addEventListener('blur', () => {
      const fold = () => setTimeout(() => document.activeElement !== who && this.unfold(false));
      if (pressed) addEventListener('pointerup', fold, { once: true });
      else fold();
    });
    who.addEventListener('input', () => {
      this.change({ query: who.value, open: true, active: who.value ? 0 : -1 });
      this.given.searched?.();
    });
    who.addEventListener('keydown', (e) => this.key(e));
    options.addEventListener('mousedown', (e) => e.preventDefault()); // the field keeps the focus
    options.addEventListener('click', (e) => {
      const id = /** @type {Element} */ (e.target).closest('.option')?.id;
      if (id) this.choose(id.slice('option-'.length));
    });
    code.addEventListener('input', () => {
      const digits = digitsOf(code.value).slice(0, 6);
      code.value = digits;
      this.change({ code: digits, scanned: false, missing: undefined });
    });
    this.find('.chosen .button').addEventListener('click', () => {
      this.change({ chosen: undefined, query: '' });
      who.focus();
    });
    this.find('#door-back').addEventListener('click', () => this.given.back?.());
    this.find('form').addEventListener('submit', (e) => {
      e.preventDefault();
      this.submit();
    });
  }

  /** @private @param {Partial<Draft>} some */
  change(some) {
    Object.assign(this.draft, some);
    this.draw();
  }

  /** @private @param {boolean} open */
  unfold(open) {
    if (this.draft.open !== open) this.change({ open, active: -1 });
  }

  /** @private @param {KeyboardEvent} e */
  key(e) {
    if (e.isComposing) return; // an input method is choosing characters
    const { open, active } = this.draft;
    const found = this.found();
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      this.change({ open: true, active: moveActive(e.key, open ? active : -1, found.length) });
      this.main.querySelector('.option[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
    } else if (e.key === 'Enter') {
      e.preventDefault();
      const one = found[active] ?? (found.length === 1 ? found[0] : undefined);
      if (open && one) this.choose(one.id);
    } else if (e.key === 'Escape') this.change({ open: false, active: -1 });
  }

  /** @private @param {string} id */
  choose(id) {
    this.change({ chosen: id, open: false, active: -1, missing: undefined });
    (isToken(this.draft.code) ? this.find('[type=submit]') : this.field('#code')).focus();
  }

  /** The code was refused: another is to be typed. */
  retype() {
    if (isToken(this.draft.code)) this.change({ code: '' });
    const code = this.field('#code');
    code.focus();
    code.select();
  }

  /** Sends what is chosen and typed. */
  submit() {
    const { busy, until, chosen, code } = this.draft;
    if (busy || until) return;
    const missing = chosen === undefined ? 'choose' : !whole(code) ? 'code' : undefined;
    this.change({ problem: undefined, missing, busy: !missing });
    if (missing) this.field(missing === 'code' ? '#code' : '#who').focus();
    else if (chosen !== undefined) this.given.join?.(chosen, code); // else as soon as they are here
  }

  // --- what it shows

  /** @private @param {string} what @returns {HTMLElement} */
  find(what) {
    return /** @type {HTMLElement} */ (this.main.querySelector(what));
  }

  /** @private @param {string} what */
  field(what) {
    return /** @type {HTMLInputElement} */ (this.find(what));
  }

  /** Shows a text at a place, or without one hides it. @private @param {string} what @param {string | undefined} text */
  text(what, text) {
    const el = this.find(what);
    if (el.textContent !== (text ?? '')) el.textContent = text ?? '';
    el.hidden = text === undefined;
  }

  /** Shows the draft. Call it when what was given has changed. */
  draw() {
    const { draft } = this;
    this.find('.join-debate').hidden = !this.title;
    this.text('.join-debate bdi', this.title);
    this.text('#door-heading', this.t('floor.join_title'));
    this.drawChosen();
    if (draft.chosen === undefined) this.drawChooser();
    this.text('label[for=code]', this.t('floor.code'));
    this.text('#code-hint', this.t(draft.scanned ? 'floor.code_scanned' : 'floor.code_hint'));
    const [code, token] = [this.field('#code'), isToken(draft.code)];
    code.hidden = token; // there is nothing to type
    if (code.value !== draft.code) code.value = token ? '' : draft.code;
    code.setAttribute('aria-invalid', String(ofCode(draft.problem) || draft.missing === 'code'));
    this.text('#door-missing', draft.missing && this.t(draft.missing === 'code' ? 'floor.code_short' : 'floor.choose_first'));
    this.drawProblem();
    const submit = this.find('[type=submit]');
    submit.textContent = this.t(draft.busy || draft.until ? 'floor.joining' : 'floor.join');
    submit.setAttribute('aria-disabled', String(draft.busy || draft.until !== undefined));
    this.text('#door-back', draft.again ? this.t('common.cancel') : undefined);
  }

  /** @private */
  drawProblem() {
    const { problem, until } = this.draft;
    const el = this.find('#door-problem');
    // What counts seconds down is not read out at each.
    if (until) el.removeAttribute('role');
    else el.setAttribute('role', 'alert');
    this.text('#door-problem', problem && (this.given.problemText?.(until ? { ...problem, retry_ms: until - performance.now() } : problem) ?? this.t(`problem.${problem.code}`)));
  }

  /** @private */
  drawChosen() {
    const { chosen } = this.draft;
    this.find('.chosen').hidden = chosen === undefined;
    this.find('.chooser').hidden = chosen !== undefined;
    if (chosen === undefined) return;
    const participant = this.given.get?.(chosen) ?? this.participants.find((p) => p.id === chosen);
    this.text('.chosen .small', this.t('floor.delegation'));
    this.text('.chosen-name bdi', participant?.name ?? chosen);
    this.text('.chosen-category', participant && this.categoryOf(participant.category));
    this.text('.chosen .button', this.t('floor.change'));
  }

  /** @private */
  drawChooser() {
    const { draft } = this;
    const found = draft.open || draft.query ? this.found() : [];
    const [who, options] = [this.field('#who'), this.find('#delegations')];
    const results = found.length ? (this.given.t?.('floor.results', { count: found.length }) ?? this.t('floor.delegation_hint')) : this.t('floor.none_found');
    this.text('label[for=who]', this.t('floor.delegation'));
    this.text('#who-hint', draft.query && draft.open ? results : this.t('floor.delegation_hint'));
    if (who.value !== draft.query) who.value = draft.query;
    who.setAttribute('aria-expanded', String(draft.open));
    who.setAttribute('aria-invalid', String(draft.missing === 'choose'));
    options.setAttribute('aria-label', this.t('floor.delegation'));
    options.hidden = !draft.open || !found.length;
    this.drawOptions(options, draft.open ? found : []);
    const active = draft.open ? found[draft.active] : undefined;
    for (const el of options.children) el.setAttribute('aria-selected', String(el.id === `option-${active?.id}`));
    if (active) who.setAttribute('aria-activedescendant', `option-${active.id}`);
    else who.removeAttribute('aria-activedescendant');
  }

  /** Makes them only where they are others: a finger may be on one. @private @param {Element} options @param {Participant[]} found */
  drawOptions(options, found) {
    const shown = JSON.stringify([this.t('floor.join'), found.map((p) => [p.id, p.name, p.category])]);
    if (shown === this.shown) return;
    this.shown = shown;
    options.replaceChildren(
      ...found.map((p) => {
        const option = Object.assign(document.createElement('li'), { className: 'option', id: `option-${p.id}` });
        option.setAttribute('role', 'option');
        option.append(Object.assign(document.createElement('bdi'), { textContent: p.name }));
        if (p.category !== 'member_state') option.append(Object.assign(document.createElement('span'), { className: 'small muted', textContent: this.categoryOf(p.category) }));
        return option;
      }),
    );
  }
}

const main = globalThis.document?.getElementById('door');
if (main) Object.assign(main, { door: new Door(main) });

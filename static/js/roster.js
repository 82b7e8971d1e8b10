// Who may ask for the floor: names in the reader's language, and a search that finds in any of the six.

/** @import { Participant } from './types.js' */
/** @import { Api } from './api.js' */
import { brought } from './api.js';

/** Letters that Unicode does not take apart into a base and a mark. @type {Record<string, string>} */
const PLAIN = { ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ى: 'ي', ة: 'ه', 'ـ': '' };

/**
 * A text as search sees it: no case, no accents, no punctuation.
 * @param {string} text
 */
export function fold(text) {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[øłđðþßæœıىةـ]/gu, (c) => PLAIN[c])
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** How well a folded name answers a folded query: 0 begins with it, 1 a word does, 2 holds its words somewhere. @param {string} name @param {string} query */
export function match(name, query) {
  if (name.startsWith(query)) return 0;
  if (` ${name}`.includes(` ${query}`)) return 1;
  return query.split(' ').every((word) => name.includes(word)) ? 2 : undefined;
}

export class Roster {
  /**
   * @param {Api} api
   * @param {{languages?: string[], onChange?: () => void}} [options] languages: those that search looks in
   */
  constructor(api, { languages = ['en', 'fr', 'es', 'ru', 'ar', 'zh'], onChange } = {}) {
    this.api = api;
    this.languages = languages;
    this.onChange = onChange;
    this.lang = '';
    this.version = '';
    /** @type {Participant[]} by sort */
    this.participants = [];
    /** @type {Map<string, Participant>} */
    this.byId = new Map();
    /** @type {Map<string, Map<string, string>>} language -> id -> folded name */
    this.folded = new Map();
    /** @type {Map<string, Map<string, string>>} language -> id -> name */
    this.names = new Map();
    /** @type {Map<string, Promise<Participant[]>>} */
    this.loads = new Map();
    this.others = false;
  }

  /**
   * Brings the names in `lang` of the roster's `version` (state.debate.roster). Does nothing if they are here.
   * After a failure the next call tries again.
   * @param {string} lang
   * @param {string} version
   */
  async load(lang, version) {
    if (version !== this.version) this.loads.clear();
    if (lang === this.lang && version === this.version && this.loads.has(lang)) return;
    [this.lang, this.version] = [lang, version];
    const list = await this.fetch(lang).catch(() => undefined);
    if (!list || lang !== this.lang || version !== this.version) return;
    this.participants = list;
    this.byId = new Map(list.map((p) => [p.id, p]));
    this.onChange?.();
    if (this.others) this.loadOthers();
  }

  /**
   * The other languages' names, for search and for screens that show two. Call it when a search field gets the focus;
   * from then on they follow the roster.
   * @param {string[]} [languages]
   */
  async loadOthers(languages = this.languages) {
    this.others = true;
    await Promise.all(languages.map((lang) => this.fetch(lang).catch(() => undefined)));
    this.onChange?.();
  }

  /** @private @param {string} lang */
  fetch(lang) {
    let load = this.loads.get(lang);
    if (load) return load;
    load = this.read(lang);
    this.loads.set(lang, load);
    const failed = load;
    load.catch(() => this.loads.get(lang) === failed && this.loads.delete(lang));
    return load;
  }

  /** @private @param {string} lang @returns {Promise<Participant[]>} */
  async read(lang) {
    const { version } = this;
    /** @type {{participants: Participant[]}} */
    const { participants } = brought('roster', `${lang} ${version}`) ?? (await this.ask(lang));
    participants.sort((a, b) => a.sort - b.sort);
    if (version !== this.version) return participants; // too late: the names of the present one are here or on their way
    this.names.set(lang, new Map(participants.map((p) => [p.id, p.name])));
    this.folded.set(lang, new Map(participants.map((p) => [p.id, fold(p.name)])));
    return participants;
  }

  /** @private @param {string} lang @returns {Promise<{participants: Participant[]}>} */
  async ask(lang) {
    // "no-cache": the browser asks with the ETag that it has, and takes its own copy on 304.
    const res = await fetch(this.api.url(`/roster?lang=${encodeURIComponent(lang)}`), { cache: 'no-cache', credentials: 'same-origin' });
    if (!res.ok) throw new Error(`roster: ${res.status}`);
    return res.json();
  }

  /** @param {string} id @returns {Participant | undefined} */
  get(id) {
    return this.byId.get(id);
  }

  /**
   * The nameplate name; the id while it is not known.
   * @param {string} id
   * @param {string} [lang] another language than the reader's (loadOthers brings it)
   */
  name(id, lang) {
    return (lang && this.names.get(lang)?.get(id)) || this.byId.get(id)?.name || id;
  }

  /**
   * Who answers to the query, the best first (the name begins so, a word does, it holds all words), equals by `sort`.
   * An empty query gives all.
   * @param {string} query
   * @returns {Participant[]}
   */
  search(query) {
    const q = fold(query);
    if (!q) return this.participants;
    /** @type {{rank: number, p: Participant}[]} */
    const found = [];
    for (const p of this.participants) {
      let rank = Infinity;
      for (const [lang, names] of this.folded) {
        const name = names.get(p.id);
        const m = name === undefined ? undefined : match(name, q);
        if (m !== undefined) rank = Math.min(rank, m + (lang === this.lang ? 0 : 0.5));
      }
      if (fold(p.id) === q) rank = -1;
      if (rank < Infinity) found.push({ rank, p });
    }
    return found.sort((a, b) => a.rank - b.rank || a.p.sort - b.p.sort).map((f) => f.p);
  }
}

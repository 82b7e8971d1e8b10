// What is drawn on a page stays right, whoever else writes there. Browsers and their extensions translate pages: they put elements in the
// place of the texts that lit-html and we write to, or write over them, and go on doing so. So what others change is remembered, and
// taken back before anything is drawn; where nothing was drawn, they get their words again. Nobody is fought: between two
// drawings what others wrote stands, and one drawing is all that it ever brings about.

const LATE_MS = 10_000; // for so long after we wrote a text, what others put there may be words for what stood there before
const MOST = 4000; // changes that are remembered; beyond, all is drawn from the beginning
const OVERWRITTEN = '[data-countdown], [data-clock]'; // in each frame, whatever is in them: app.js, display.js
const ATTRIBUTES = ['aria-label', 'title', 'alt', 'placeholder'];

/** @typedef {{record: MutationRecord, at: number, after: string | null}} Change by others; at: performance.now() ms; after: the text or the attribute as they left it */

export class Drawing {
  /**
   * @param {Element} root what is drawn into
   * @param {() => void} [again] draws once more: what others wrote may be about what was there before
   */
  constructor(root, again = () => {}) {
    this.root = root;
    this.again = again;
    this.begun = false;
    this.observer = new MutationObserver((records) => this.note(records));
    /** @type {Change[]} in their order */
    this.changes = [];
    this.lost = false;
    /** @type {WeakMap<Node, number>} when we wrote into it, performance.now() ms */
    this.written = new WeakMap();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** Remembers where the person is, and gives what puts them there again: bearings.js, once it is here. @type {(root: Element) => () => void} */
    this.bearings = () => () => {};
  }

  /** Draws: `write` finds all as it left it. @param {() => void} write */
  draw(write) {
    if (!this.begun) this.observer.observe(this.root, { subtree: true, childList: true, characterDataOldValue: true, attributeOldValue: true, attributeFilter: ATTRIBUTES });
    this.begun = true;
    this.note(this.observer.takeRecords());
    const changes = this.changes.splice(0);
    const right = !this.lost && takeBack(changes) && this.wrote(write, changes.length > 0);
    if (!right) this.anew(write);
    this.lost = false;
    const touched = this.own(this.observer.takeRecords());
    if (right) this.changes = this.putBack(changes, touched);
    this.observer.takeRecords();
  }

  /** From now on what others put into an element is not put back. @param {Element} element */
  claim(element) {
    for (const el of [element, ...element.querySelectorAll('*')]) this.written.set(el, performance.now());
  }

  /** Keeps in mind what others have changed. @private @param {MutationRecord[]} records */
  note(records) {
    const at = performance.now();
    for (const record of records) {
      const { target } = record;
      const element = target instanceof Element ? target : target.parentElement;
      if (element?.closest(OVERWRITTEN)) continue;
      this.changes.push({ record, at, after: null });
      if (element && this.early(element, at)) this.timer ??= setTimeout(() => this.look(), LATE_MS);
    }
    if (this.changes.length <= MOST) return;
    this.changes = [];
    this.lost = true;
  }

  /** @private */
  look() {
    this.timer = undefined;
    this.again();
  }

  /** Whether an instant is so soon after we wrote there. @private @param {Node} node @param {number} at */
  early(node, at) {
    return at - (this.written.get(node) ?? -Infinity) < LATE_MS;
  }

  /** @private @param {() => void} write @param {boolean} shared others had changed something, so that what goes wrong may be theirs */
  wrote(write, shared) {
    this.observer.takeRecords();
    try {
      write();
      return true;
    } catch (err) {
      this.observer.takeRecords();
      if (!shared) throw err;
      return false;
    }
  }

  /** Draws from the beginning, where what was drawn cannot be had back. @private @param {() => void} write */
  anew(write) {
    const putBack = this.bearings(this.root);
    this.root.replaceChildren();
    delete (/** @type {any} */ (this.root)._$litPart$);
    write();
    putBack();
  }

  /** What we have written ourselves: where. @private @param {MutationRecord[]} records @returns {Set<Node>} */
  own(records) {
    /** @type {Set<Node>} */
    const touched = new Set();
    const now = performance.now();
    for (const { type, target } of records) {
      const where = type === 'characterData' ? target.parentNode : target;
      if (!where) continue;
      touched.add(where);
      this.written.set(where, now);
      // Who has read this text to translate it knows the node, and would put words for what stood there in its place: they find it gone.
      if (type === 'characterData') /** @type {Text} */ (target).replaceWith(target.cloneNode());
    }
    return touched;
  }

  /** Gives others their words again where nothing was written, and nothing had been just before. @private @param {Change[]} changes @param {Set<Node>} touched @returns {Change[]} those that hold */
  putBack(changes, touched) {
    // Changes belong together by the nodes that they are about: all of them hold, or none.
    /** @type {Map<Node, Node>} */
    const towards = new Map();
    const head = (/** @type {Node} */ node) => {
      let at = node;
      for (let next = towards.get(at); next; next = towards.get(at)) at = next;
      return at;
    };
    /** @type {Set<Node>} */
    const ours = new Set();
    for (const { record } of changes) {
      for (const node of [...record.addedNodes, ...record.removedNodes]) {
        const [from, to] = [head(node), head(record.target)];
        if (from !== to) towards.set(from, to);
      }
    }
    for (const { record, at } of changes) {
      const near = [record.target, ...(record.type === 'characterData' && record.target.parentNode ? [record.target.parentNode] : [])];
      if (near.some((node) => touched.has(node) || this.early(node, at))) ours.add(head(record.target));
    }
    const kept = changes.filter(({ record }) => !ours.has(head(record.target)));
    for (const change of kept) make(change);
    return kept;
  }
}

/** Undoes changes, the last first; false where that cannot be done. @param {Change[]} changes */
function takeBack(changes) {
  for (const change of changes.toReversed()) {
    const { record } = change;
    const target = /** @type {any} */ (record.target);
    if (record.type === 'characterData') [change.after, target.data] = [target.data, record.oldValue];
    else if (record.type === 'attributes') {
      change.after = target.getAttribute(record.attributeName);
      attribute(target, record.attributeName, record.oldValue);
    } else {
      if ([...record.addedNodes].some((node) => node.parentNode !== target)) return false;
      for (const node of record.addedNodes) target.removeChild(node);
      if (record.nextSibling && record.nextSibling.parentNode !== target) return false;
      for (const node of record.removedNodes) target.insertBefore(node, record.nextSibling);
    }
  }
  return true;
}

/** Makes a change that was undone. @param {Change} change */
function make({ record, after }) {
  const target = /** @type {any} */ (record.target);
  if (record.type === 'characterData') target.data = after;
  else if (record.type === 'attributes') attribute(target, record.attributeName, after);
  else {
    for (const node of record.removedNodes) target.removeChild(node);
    for (const node of record.addedNodes) target.insertBefore(node, record.nextSibling);
  }
}

/** @param {Element} element @param {string | null} name @param {string | null} value */
function attribute(element, name, value) {
  if (value === null) element.removeAttribute(name ?? '');
  else element.setAttribute(name ?? '', value);
}

let titled = '';
/** @type {Drawing | undefined} */
let title;

/** Gives the page a title, which is kept as all that is drawn. @param {string} text */
export function entitle(text) {
  titled = text;
  title ??= new Drawing(document.head.querySelector('title') ?? document.head.appendChild(document.createElement('title')), () => entitle(titled));
  title.draw(() => (document.title = titled));
}

/**
 * Moves the focus once what was decided just now has been drawn, unless the person has moved it elsewhere by then: on a slow
 * machine there is time to tap a field and to type into it.
 * @param {() => void} focus is called in the second frame from now
 */
export function focusDrawn(focus) {
  const before = document.activeElement;
  const moved = () => ![before, document.body, null].includes(document.activeElement);
  requestAnimationFrame(() => requestAnimationFrame(() => moved() || focus()));
}

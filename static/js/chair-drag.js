// Rows under a finger: drawn by their number to another place, or swiped off the list. What is shown meanwhile is set on the
// elements, not by the view, so that requests which come in do not disturb it.

/**
 * @typedef {object} Hands
 * @property {(id: string, before: string | null) => void} move
 * @property {(id: string) => void} remove
 * @property {(id: string) => boolean} deaf the row has just come under the finger
 */

const NEAR_EDGE = 56;
const SWIPE = 120;

/** The part of the page that scrolls the list. @param {HTMLElement} list */
export function scrollerOf(list) {
  const own = getComputedStyle(list).overflowY;
  return own === 'auto' || own === 'scroll' ? list : /** @type {HTMLElement} */ (document.scrollingElement);
}

/** @param {HTMLElement} root holds the list, now or later @param {Hands} hands */
export function handleRows(root, hands) {
  root.addEventListener('pointerdown', (e) => {
    const target = /** @type {Element} */ (e.target);
    const row = /** @type {HTMLElement | null} */ (target.closest('[data-request]'));
    const id = row?.dataset.request;
    if (!row || id === undefined || e.button !== 0 || hands.deaf(id)) return;
    if (target.closest('[data-handle]')) drag(row, id, e, hands);
    else if (e.pointerType === 'touch' && !target.closest('button')) swipe(row, id, e, hands);
  });
}

/**
 * Follows one pointer until it is lifted or taken away.
 * @param {HTMLElement} row
 * @param {PointerEvent} first
 * @param {(e: PointerEvent) => void} moved
 * @param {(done: boolean) => void} ended
 */
function follow(row, first, moved, ended) {
  const stop = new AbortController();
  const on = (/** @type {string} */ type, /** @type {(e: any) => void} */ f) => window.addEventListener(type, f, { signal: stop.signal });
  const end = (/** @type {boolean} */ done) => {
    stop.abort();
    ended(done && row.isConnected);
  };
  on('pointermove', (e) => e.pointerId === first.pointerId && (row.isConnected ? moved(e) : end(false)));
  on('pointerup', (e) => e.pointerId === first.pointerId && end(true));
  on('pointercancel', (e) => e.pointerId === first.pointerId && end(false));
  on('keydown', (e) => e.key === 'Escape' && end(false));
}

/** @param {HTMLElement} row @param {string} id @param {PointerEvent} first @param {Hands} hands */
function drag(row, id, first, hands) {
  const list = /** @type {HTMLElement} */ (row.closest('[data-rows]'));
  const scroller = scrollerOf(list);
  const from = first.clientY + scroller.scrollTop;
  let y = first.clientY;
  let frame = 0;
  let begun = false;
  /** @type {string | null | undefined} undefined: its own place */
  let before;
  first.preventDefault();

  const show = () => {
    row.style.transform = `translateY(${y + scroller.scrollTop - from}px)`;
    const others = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[data-request]')]);
    const at = others.indexOf(row);
    for (const o of others) delete o.dataset.drop;
    const next = others.find((o) => o !== row && y < o.getBoundingClientRect().top + o.offsetHeight / 2);
    const own = next ? others.indexOf(next) === at + 1 : at === others.length - 1;
    before = own ? undefined : (next?.dataset.request ?? null);
    if (own) return;
    if (next) next.dataset.drop = 'before';
    else others[others.length - 1].dataset.drop = 'after';
  };
  const scroll = () => {
    frame = requestAnimationFrame(scroll);
    const box = scroller === list ? list.getBoundingClientRect() : { top: 0, bottom: window.innerHeight };
    const by = y < box.top + NEAR_EDGE ? -8 : y > box.bottom - NEAR_EDGE ? 8 : 0;
    if (by === 0) return;
    scroller.scrollTop += by;
    show();
  };
  follow(
    row,
    first,
    (e) => {
      y = e.clientY;
      if (!begun && Math.abs(y - first.clientY) < 4) return;
      if (!begun) {
        begun = true;
        row.dataset.dragging = '';
        frame = requestAnimationFrame(scroll);
      }
      show();
    },
    (done) => {
      cancelAnimationFrame(frame);
      row.style.transform = '';
      delete row.dataset.dragging;
      for (const o of list.querySelectorAll('[data-drop]')) delete (/** @type {HTMLElement} */ (o).dataset.drop);
      if (done && begun && before !== undefined) hands.move(id, before);
    },
  );
}

/** @param {HTMLElement} row @param {string} id @param {PointerEvent} first @param {Hands} hands */
function swipe(row, id, first, hands) {
  let dx = 0;
  let begun = false;
  follow(
    row,
    first,
    (e) => {
      dx = e.clientX - first.clientX;
      const dy = e.clientY - first.clientY;
      if (!begun && (Math.abs(dx) < 16 || Math.abs(dx) < 2 * Math.abs(dy))) return;
      begun = true;
      row.dataset.swipe = Math.abs(dx) > SWIPE ? 'remove' : 'held';
      row.style.transform = `translateX(${dx}px)`;
    },
    (done) => {
      row.style.transform = '';
      delete row.dataset.swipe;
      if (done && begun && Math.abs(dx) > SWIPE) hands.remove(id);
    },
  );
}

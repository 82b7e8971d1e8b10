// Where a person is on a page, for when all of it is drawn from the beginning. Brought when the page is in use.

/** Where the person is: what has the focus, the caret in it, what is scrolled, open and chosen. What it gives puts that back into what stands in its place. @param {Element} root @returns {() => void} */
export function bearings(root) {
  const all = [...root.querySelectorAll('*')];
  /** @type {(() => void)[]} */
  const back = [];
  const keep = (/** @type {Element} */ el, /** @type {(found: any) => void} */ put) => {
    const nth = all.filter((other) => other.localName === el.localName).indexOf(el);
    back.push(() => {
      const found = (el.id && document.getElementById(el.id)) || root.querySelectorAll(el.localName)[nth];
      if (found) put(found);
    });
  };
  const [x, y] = [scrollX, scrollY];
  for (const el of /** @type {any[]} */ (all)) {
    const { scrollTop, value, selectionStart, selectionEnd } = el;
    if (el.matches('details[open]')) keep(el, (found) => (found.open = true));
    if (el.localName === 'select') keep(el, (found) => (found.value = value));
    if (scrollTop) keep(el, (found) => (found.scrollTop = scrollTop));
    if (el !== document.activeElement) continue;
    keep(el, (found) => {
      found.focus({ preventScroll: true });
      if (typeof selectionStart === 'number') found.setSelectionRange(selectionStart, selectionEnd);
    });
  }
  return () => {
    for (const put of back) put();
    scrollTo(x, y);
  };
}

// A translator of pages, as browsers and their extensions have them, to see what is left of a page under it.

/**
 * Runs in a page before its own scripts. Its words for a text are the text between ‹ and ›, so that one can see what it has read.
 * @param {object} as
 * @param {boolean} [as.honours] it leaves alone what asks for it
 * @param {'wrap' | 'data' | 'element'} [as.how] it puts two font elements in the place of each text, as Chrome's does; or writes over the text;
 *   or over all that an element holds which holds only text
 * @param {boolean} [as.late] its words come when `window.translator.come()` lets them, whatever the page has done meanwhile, and not at once;
 *   `come(true)`, and always where it writes over the texts: those first that it has read last, so that the oldest are what is left
 */
export function translator({ honours = false, how = 'wrap', late = false }) {
  /** @type {(() => void)[]} the words that have not come yet */
  const due = [];
  const seen = {
    words: 0,
    come(backwards = how === 'data') {
      const all = due.splice(0);
      for (const act of backwards ? all.reverse() : all) act();
      return all.length;
    },
  };
  Object.assign(window, { translator: seen });
  const wordsFor = (text) => text.replace(/\S(.*\S)?/s, (some) => `‹${some}›`);
  /** What is its own already: fonts, and texts as it wrote them. */
  const own = new WeakMap();

  const wanted = (text) => {
    const parent = text.parentElement;
    if (!parent || !/\S/.test(text.data) || parent.closest('script, style, textarea, font')) return false;
    if (own.get(text) === text.data || own.get(parent) === parent.textContent) return false;
    return !honours || !(parent.closest('[translate=no], .notranslate') || document.querySelector('meta[name=google][content=notranslate]'));
  };
  const write = (text, words) => {
    const parent = text.parentElement;
    if (how === 'data' || parent?.localName === 'title') {
      own.set(text, words);
      text.data = words;
    } else if (how === 'wrap') {
      if (!parent) return; // it is gone
      const outer = document.createElement('font');
      outer.append(Object.assign(document.createElement('font'), { textContent: words }));
      parent.replaceChild(outer, text);
    }
    seen.words++;
  };
  const translate = (text) => {
    if (!wanted(text)) return;
    const words = wordsFor(text.data);
    const parent = text.parentElement;
    const act = () => {
      if (how !== 'element' || parent.localName === 'title') return write(text, words);
      if (parent.childElementCount > 0) return;
      own.set(parent, words);
      parent.textContent = words;
      seen.words++;
    };
    if (late) due.push(act);
    else act();
  };
  const all = (node) => {
    if (node instanceof Text) return translate(node);
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) found.push(texts.currentNode);
    found.forEach(translate);
  };
  const begin = () => {
    if (Object(window).translator !== seen) return; // the page has got another
    all(document);
    if (!honours) document.documentElement.classList.add('translated-ltr');
    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records) {
        if (type === 'characterData') translate(target);
        else for (const node of addedNodes) if (node.isConnected) all(node);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  };
  document.addEventListener('DOMContentLoaded', begin);
}

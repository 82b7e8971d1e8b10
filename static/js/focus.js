// Where the focus goes after an act of the person.

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

/**
 * What was wrong with the address that led to the front page: a link to enter by, or a debate that there is not.
 * @param {string} path
 * @returns {'link' | 'debate' | undefined} nothing, for the front page itself
 */
export function wrongWay(path) {
  const parts = path.split('/').filter((p) => p !== '');
  if (parts.length === 0) return undefined;
  return parts[1] === 'enter' ? 'link' : 'debate';
}

/**
 * Gives ranges of text an empty layout: CodeMirror measures ranges, which jsdom does not support.
 */
export function mockTextLayout(): void {
  const place = document.createElement('p');
  Range.prototype.getClientRects = () => place.getClientRects();
  Range.prototype.getBoundingClientRect = () => place.getBoundingClientRect();
}

/** Gives ranges of text the layout of an element that is not shown. jsdom has none for them. */
export function mockTextLayout(): void {
  const place = document.createElement('p');
  Range.prototype.getClientRects = () => place.getClientRects();
  Range.prototype.getBoundingClientRect = () => place.getBoundingClientRect();
}

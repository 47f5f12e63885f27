/** Number of pixels of a character where EUI measures text. */
const CHARACTER_WIDTH = 8;

// Globals of browsers that jsdom lacks.
window.matchMedia = (media) => ({
  media,
  matches: false,
  onchange: null,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
  dispatchEvent: () => true,
});
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
// EUI measures text with a canvas.
Object.assign(HTMLCanvasElement.prototype, {
  getContext: () => ({
    font: '',
    measureText: (text: string) => ({ width: text.length * CHARACTER_WIDTH }),
  }),
});
HTMLElement.prototype.scrollTo ??= () => undefined;
HTMLElement.prototype.scrollIntoView ??= () => undefined;
ignoreStyleElements();

/**
 * Keeps jsdom from reading the style sheets that Emotion writes: queries by role compare each rule
 * with each element and its ancestors. Computed styles follow attributes and the style sheet of the
 * browser only; layout and colors are tested in Chromium.
 */
function ignoreStyleElements(): void {
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.type = 'text/ignored';
    return element;
  };
}

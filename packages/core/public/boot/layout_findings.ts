/** Tolerance for the rounding of positions, in pixels. */
const TOLERANCE = 1;
/** Width in pixels below which text with many lines counts as squeezed. */
const SQUEEZED_WIDTH = 48;
const SQUEEZED_LINES = 4;

/**
 * Finds faults of the layout that a user would see in the window: the page scrolls sideways, or
 * text is cut off at the sides without an ellipsis, is outside of the window, or is squeezed to a
 * few letters per line.
 */
export function layoutFindings(root: HTMLElement = document.body): readonly string[] {
  const width = window.innerWidth;
  const scrolled = document.documentElement.scrollWidth;
  return [
    ...(scrolled > width + TOLERANCE
      ? [`layout: the page is ${scrolled} px wide in a window of ${width} px`]
      : []),
    ...new Set(textNodes(root).flatMap((text) => textFindings(text, width))),
  ];
}

function textNodes(root: HTMLElement): readonly Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode() !== null) {
    const text = walker.currentNode as Text;
    if (text.data.trim() !== '') found.push(text);
  }
  return found;
}

function textFindings(text: Text, width: number): readonly string[] {
  const range = document.createRange();
  range.selectNodeContents(text);
  const box = range.getBoundingClientRect();
  const clip = clipOf(text);
  if (box.width === 0 || clip === 'allowed') return [];
  const words = `“${text.data.trim().slice(0, 60)}”`;
  const right = Math.min(clip?.right ?? Number.POSITIVE_INFINITY, width);
  const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
  return [
    ...(box.right > right + TOLERANCE ? [`layout: cut off on the right: ${words}`] : []),
    ...(box.left < (clip?.left ?? 0) - TOLERANCE ? [`layout: cut off on the left: ${words}`] : []),
    ...(box.width < SQUEEZED_WIDTH && lines.size >= SQUEEZED_LINES
      ? [`layout: squeezed: ${words}`]
      : []),
  ];
}

/**
 * Returns the horizontal limits of the element that clips the text. `undefined`: no element does.
 * `allowed`: the user can scroll to the rest or sees an ellipsis, or the text is for screen readers
 * only.
 */
function clipOf(text: Text): { left: number; right: number } | 'allowed' | undefined {
  for (let element = text.parentElement; element !== null; element = element.parentElement) {
    const style = getComputedStyle(element);
    const { left, right } = element.getBoundingClientRect();
    if (style.visibility === 'hidden' || style.clip !== 'auto') return 'allowed';
    if (style.textOverflow === 'ellipsis' || /auto|scroll/.test(style.overflowX)) return 'allowed';
    if (style.overflowX !== 'visible') return { left, right };
  }
  return undefined;
}

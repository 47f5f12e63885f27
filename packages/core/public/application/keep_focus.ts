/** Time for dialogs and menus to return the focus themselves, in milliseconds. */
const OWN_RETURN_MS = 200;
/** Selects the parts of a page in which the focus stays. */
const PARTS = '[role=group], [role=dialog], [role=region], section, form, fieldset, tr, li';
const FOCUSABLE =
  'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, [tabindex="0"]';

/**
 * Keeps the focus on the page. When the focused element is removed or disabled, browsers move the
 * focus to the body: the keyboard then starts at the top, and screen readers lose their place. A
 * disabled element gets the focus back when it is enabled. When an element was removed, the focus
 * moves to the nearest element of the same part of the page, or else to the main heading.
 * @param main frame of the page
 * @returns a function that stops keeping the focus
 */
export function keepFocus(main: HTMLElement): () => void {
  const page = main.ownerDocument;
  /** The element that had the focus last, and its ancestors, innermost first. */
  let lineage: readonly HTMLElement[] = [];
  let wasDisabled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const remember = (element?: EventTarget | null): void => {
    lineage = element instanceof HTMLElement ? lineageOf(element) : [];
    wasDisabled = false;
  };
  const isNowhere = (): boolean => (page.activeElement ?? page.body) === page.body;
  const moveFromRemoved = (): void => {
    timer = undefined;
    if (!isNowhere() || lineage[0]?.isConnected !== false) return;
    nearest(lineage, main).focus({ preventScroll: true });
  };
  const check = (): void => {
    const [last] = lineage;
    if (last === undefined) return;
    if (!last.isConnected) {
      timer ??= setTimeout(moveFromRemoved, OWN_RETURN_MS);
    } else if (last.matches(':disabled')) {
      wasDisabled = true;
    } else if (wasDisabled) {
      wasDisabled = false;
      if (isNowhere()) last.focus({ preventScroll: true });
    }
  };
  const onFocus = ({ target }: Event): void => remember(target);
  // The user clicked outside of all controls to remove the focus, so it is not returned.
  const onPointer = (): void => remember();
  const observer = new MutationObserver(check);
  observer.observe(page.body, {
    ...{ childList: true, subtree: true },
    ...{ attributes: true, attributeFilter: ['disabled'] },
  });
  page.addEventListener('focusin', onFocus);
  page.addEventListener('pointerdown', onPointer, { capture: true });
  return () => {
    observer.disconnect();
    clearTimeout(timer);
    page.removeEventListener('focusin', onFocus);
    page.removeEventListener('pointerdown', onPointer, { capture: true });
  };
}

function lineageOf(element: HTMLElement): HTMLElement[] {
  const lineage: HTMLElement[] = [];
  let one: HTMLElement | null = element;
  for (; one !== null; one = one.parentElement) lineage.push(one);
  return lineage;
}

/** Returns the element to which the focus moves. */
function nearest(lineage: readonly HTMLElement[], main: HTMLElement): HTMLElement {
  const left = lineage.filter((one) => one.isConnected && one !== main && main.contains(one));
  const part = left.findIndex((one) => one.matches(PARTS));
  for (const one of left.slice(0, part + 1)) {
    const found = [...one.querySelectorAll<HTMLElement>(FOCUSABLE)].find(isReachable);
    if (found !== undefined) return found;
  }
  const target =
    left[part]?.querySelector<HTMLElement>('h2, h3') ??
    main.querySelector<HTMLElement>('h1') ??
    main;
  // Without a tab index, an element cannot be focused. With -1 only scripts can focus it.
  if (!target.hasAttribute('tabindex')) target.tabIndex = -1;
  target.style.outline = 'none';
  return target;
}

/** Returns `true` if an element can get the focus. Closed parts of a page are inert or hidden. */
const isReachable = (element: HTMLElement): boolean =>
  element.closest('[inert], [hidden]') === null;

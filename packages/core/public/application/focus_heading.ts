/**
 * Moves the focus to the main heading of a page, so that screen readers read it and the keyboard
 * continues at the top of the page. A page that has set the focus itself keeps it.
 */
export function focusHeading(main: HTMLElement): void {
  if (main.contains(document.activeElement) && document.activeElement !== main) return;
  const target = main.querySelector<HTMLElement>('h1') ?? main;
  // Without a tab index, an element cannot be focused. With -1 only scripts can focus it.
  if (!target.hasAttribute('tabindex')) target.tabIndex = -1;
  target.style.outline = 'none';
  target.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

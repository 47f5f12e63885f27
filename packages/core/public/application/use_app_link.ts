import type { MouseEvent } from 'react';
import { useCore } from '../use_core.ts';

/** Properties of a link element. */
export interface AppLink {
  readonly href: string;
  readonly onClick: (event: MouseEvent) => void;
}

/**
 * Returns a function that makes links to paths such as `/app/connectors?edit=x`. A click changes
 * the page without loading it; with a modifier key the browser opens a tab as for any link.
 */
export function useAppLink(): (path: string) => AppLink {
  const { application } = useCore();
  return (path) => ({
    href: application.href(path),
    onClick: (event) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      application.navigate(path);
    },
  });
}

function isPlainClick(event: MouseEvent): boolean {
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !hasModifier && !event.defaultPrevented;
}

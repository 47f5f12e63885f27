import { EuiGlobalToastList } from '@elastic/eui';
import type { ShownToast } from './feedback_store.ts';

/**
 * Milliseconds after which a toast closes. EUI stops the timer while the pointer is over the toast.
 */
const TOAST_LIFE_MS = 10_000;
/** Longest time that timers of browsers accept, in milliseconds: 24 days. */
const FOREVER_MS = 2 ** 31 - 1;

const ICONS = {
  success: 'check',
  warning: 'warning',
  danger: 'error',
  primary: 'info',
} as const;

/** Toasts at the edge of the window. A toast about a failure stays until the user closes it. */
export function ToastList(props: {
  readonly toasts: readonly ShownToast[];
  readonly onDismiss: (id: string) => void;
}) {
  const { toasts, onDismiss } = props;
  return (
    <EuiGlobalToastList
      toastLifeTimeMs={TOAST_LIFE_MS}
      dismissToast={({ id }) => onDismiss(id)}
      toasts={toasts.map(({ id, title, text, color }) => ({
        id,
        title,
        text: text === undefined ? undefined : <div>{text}</div>,
        color,
        iconType: ICONS[color],
        ...(color === 'danger' ? { toastLifeTimeMs: FOREVER_MS } : {}),
      }))}
    />
  );
}

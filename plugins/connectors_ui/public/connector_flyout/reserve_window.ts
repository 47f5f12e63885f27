import { defineMessages } from '@latchkey/core/public';
import type { IntlShape } from 'react-intl';
import type { Attempts } from '../authorization/index.ts';

const messages = defineMessages({
  saving: { id: 'connectorsUi.window.saving', defaultMessage: 'Saving {name}…' },
});

/** A window that was opened inside a click, and that waits until the connector is saved. */
export interface ReservedWindow {
  /** Closes the window. Call it when the connector was not saved. */
  readonly close: () => void;
  readonly connect: (connector: { readonly id: string; readonly name: string }) => void;
}

/**
 * Opens the window for the provider before the connector exists, because browsers refuse to open
 * windows after a request. Must be called inside a click.
 */
export function reserveWindow(
  attempts: Attempts,
  { formatMessage }: IntlShape,
  name: string,
): ReservedWindow {
  const text = formatMessage(messages.saving, { name });
  const window = attempts.openWindow(text);
  return {
    close: () => window?.close(),
    connect: ({ id }) =>
      attempts.authorize(id, { mode: 'popup', windowText: text, opened: { window } }),
  };
}

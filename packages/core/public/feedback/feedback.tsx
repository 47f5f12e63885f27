import { EuiScreenReaderLive } from '@elastic/eui';
import { lazy, useSyncExternalStore } from 'react';
import { OptionalPart } from '../optional_part.tsx';
import { ConfirmationDialog } from '../page_parts/confirmation_dialog.tsx';
import type { FeedbackStore } from './feedback_store.ts';

const loadToastList = async () => ({ default: (await import('./toast_list.tsx')).ToastList });
const ToastList = lazy(loadToastList);

/**
 * Loads the code of the list of toasts, so that failures can be shown when the server is not
 * reachable.
 */
export async function preloadFeedback(): Promise<void> {
  await loadToastList().catch(() => undefined);
}

/** Toasts, the open confirmation, and announcements for screen readers. */
export function Feedback({ store }: { readonly store: FeedbackStore }) {
  const { toasts, confirmations, announcement } = useSyncExternalStore(
    store.subscribe,
    store.getSnapshot,
  );
  const [open] = confirmations;
  return (
    <>
      <EuiScreenReaderLive focusRegionOnTextChange={false}>
        <span key={announcement.number}>{announcement.text}</span>
      </EuiScreenReaderLive>
      {toasts.length > 0 && (
        <OptionalPart>
          <ToastList toasts={toasts} onDismiss={store.dismiss} />
        </OptionalPart>
      )}
      {open !== undefined && (
        <ConfirmationDialog
          key={open.id}
          title={open.question.title}
          action={{
            label: open.question.confirmLabel,
            color: open.question.color,
            run: open.confirm,
          }}
          {...(open.question.cancelLabel === undefined
            ? {}
            : { cancelLabel: open.question.cancelLabel })}
          isBusy={open.isBusy}
          failure={open.failure}
          onClose={open.cancel}
        >
          {open.question.text}
        </ConfirmationDialog>
      )}
    </>
  );
}

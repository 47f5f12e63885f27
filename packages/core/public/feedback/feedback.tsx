import { EuiConfirmModal, EuiScreenReaderLive } from '@elastic/eui';
import { lazy, Suspense, useSyncExternalStore } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import type { FeedbackStore } from './feedback_store.ts';

const messages = defineMessages({
  cancel: { id: 'core.feedback.cancel', defaultMessage: 'Cancel' },
});

// Most visits show none.
const ToastList = lazy(async () => ({ default: (await import('./toast_list.tsx')).ToastList }));

/** Toasts, the confirmation of the moment, and announcements for screen readers. */
export function Feedback({ store }: { readonly store: FeedbackStore }) {
  const { formatMessage } = useIntl();
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
        <Suspense fallback={null}>
          <ToastList toasts={toasts} onDismiss={store.dismiss} />
        </Suspense>
      )}
      {open !== undefined && (
        <EuiConfirmModal
          key={open.id}
          title={open.question.title}
          titleProps={{ id: open.id }}
          aria-labelledby={open.id}
          confirmButtonText={open.question.confirmLabel}
          cancelButtonText={formatMessage(messages.cancel)}
          buttonColor={open.question.color ?? 'primary'}
          defaultFocusedButton={open.question.color === 'danger' ? 'cancel' : 'confirm'}
          onConfirm={() => open.decide(true)}
          onCancel={() => open.decide(false)}
        >
          {open.question.text}
        </EuiConfirmModal>
      )}
    </>
  );
}

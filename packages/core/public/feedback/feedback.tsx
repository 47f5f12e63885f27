import { EuiConfirmModal, EuiScreenReaderLive } from '@elastic/eui';
import { lazy, useSyncExternalStore } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { OptionalPart } from '../optional_part.tsx';
import type { FeedbackStore } from './feedback_store.ts';

const messages = defineMessages({
  cancel: { id: 'core.feedback.cancel', defaultMessage: 'Cancel' },
});

const loadToastList = async () => ({ default: (await import('./toast_list.tsx')).ToastList });
const ToastList = lazy(loadToastList);

/** Loads the list of toasts, so that the failure of a request can be shown without the server. */
export async function preloadFeedback(): Promise<void> {
  await loadToastList().catch(() => undefined);
}

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
        <OptionalPart>
          <ToastList toasts={toasts} onDismiss={store.dismiss} />
        </OptionalPart>
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

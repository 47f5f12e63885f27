import type { StoryGroup } from '../stories.ts';
import type { Confirmation, Toast } from '../types.ts';
import { Feedback } from './feedback.tsx';
import { FeedbackStore } from './feedback_store.ts';

function withToasts(...toasts: readonly Toast[]) {
  const store = new FeedbackStore();
  for (const toast of toasts) store.toast(toast);
  return <Feedback store={store} />;
}

function withQuestion(question: Confirmation) {
  const store = new FeedbackStore();
  void store.confirm(question);
  return <Feedback store={store} />;
}

/** Toasts and confirmations. */
export const stories: StoryGroup = {
  title: 'Feedback',
  stories: [
    {
      name: 'toasts',
      render: () =>
        withToasts(
          { title: 'Connector saved', color: 'success' },
          { title: 'A new version is available', color: 'primary' },
          { title: 'The token expires today', text: 'Authorize again.', color: 'warning' },
          { title: 'The connector was not saved', text: 'Try again.', color: 'danger' },
        ),
    },
    {
      name: 'toast with a long name',
      render: () =>
        withToasts({
          title: `Connector ${'engineering_documents_'.repeat(9)} was not saved`,
          text: `The name ${'engineering_documents_'.repeat(9)} is taken.`,
          color: 'danger',
        }),
    },
    {
      name: 'question',
      render: () => withQuestion({ title: 'Run the test?', confirmLabel: 'Run' }),
    },
    {
      name: 'dangerous question',
      render: () =>
        withQuestion({
          title: 'Delete the connector?',
          text: 'All users lose their connections.',
          confirmLabel: 'Delete',
          color: 'danger',
        }),
    },
  ],
};

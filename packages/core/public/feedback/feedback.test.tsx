import { act, fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { Feedback } from './feedback.tsx';
import { FeedbackStore } from './feedback_store.ts';

it('a confirmation shows the cancel label of the caller on the button that changes nothing', async () => {
  const store = new FeedbackStore();
  renderWithCore(<Feedback store={store} />);
  const labels = { confirmLabel: 'Cancel run', cancelLabel: 'Keep running' };
  let decision: Promise<boolean> | undefined;
  act(() => {
    decision = store.confirm({ title: 'Cancel this run?', ...labels });
  });
  fireEvent.click(await screen.findByRole('button', { name: 'Keep running' }));
  expect(await decision).toBe(false);
});

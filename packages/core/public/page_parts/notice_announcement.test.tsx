import { EuiButton, EuiCallOut } from '@elastic/eui';
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { NoticeAnnouncement } from './notice_announcement.tsx';

it('a notice with a button is announced with its texts, and has the button once', async () => {
  renderWithCore(
    <EuiCallOut title="Failed">
      <NoticeAnnouncement texts={['Failed', '', 'Try again later.']} />
      <EuiButton>Retry</EuiButton>
    </EuiCallOut>,
  );
  expect(await screen.findByText('Failed, Try again later.')).toHaveAttribute(
    'aria-live',
    'polite',
  );
  expect(screen.getAllByRole('button')).toHaveLength(1);
});

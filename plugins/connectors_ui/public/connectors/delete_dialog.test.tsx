import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { DeleteDialog, type DeleteDialogProps } from './delete_dialog.tsx';

function setUp(changes: Partial<DeleteDialogProps>) {
  const onConfirm = vi.fn();
  renderWithCore(
    <DeleteDialog
      connectors={[{ id: '1', name: 'Team Drive' }]}
      users={0}
      uses={{ known: undefined, failure: undefined }}
      phase={{ status: 'asking' }}
      onConfirm={onConfirm}
      onClose={() => undefined}
      {...changes}
    />,
  );
  return { onConfirm, text: () => document.body.textContent };
}

describe('the question before a deletion', () => {
  it('names the connector and the number of users who will be disconnected', () => {
    const { text } = setUp({ users: 12 });
    expect(text()).toContain('Delete Team Drive?');
    expect(text()).toContain('12 users are disconnected.');
  });

  it('isolates the text direction of names from the rest of the question', () => {
    setUp({});
    expect(screen.getByText('Team Drive').tagName).toBe('BDI');
  });

  it('names the workflows that use the connector, and those that run on a schedule', () => {
    const { text } = setUp({
      uses: {
        failure: undefined,
        known: {
          total: 12,
          uses: [
            { id: 'a', name: 'Weekly report', isScheduled: true },
            { id: 'b', name: 'Search files', isScheduled: false },
          ],
        },
      },
    });
    expect(text()).toContain('12 workflows of this space are among them:');
    const listed = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(listed).toEqual([
      'Weekly report, which runs as you on a schedule',
      'Search files',
      '10 more',
    ]);
  });

  it('says nothing of single workflows if none is known to use the connector', () => {
    const { text } = setUp({ uses: { known: { total: 0, uses: [] }, failure: undefined } });
    expect(text()).toContain('Workflows, schedules and programs that use the connector');
    expect(text()).not.toContain('among them');
  });

  it('says that the workflows of several connectors could not be determined', () => {
    setUp({
      connectors: [
        { id: '1', name: 'Team Drive' },
        { id: '2', name: 'Wiki' },
      ],
      uses: { known: undefined, failure: { isReading: false, onRetry: () => undefined } },
    });
    expect(
      screen.getByText('It could not be determined which workflows use these connectors'),
    ).toBeVisible();
  });

  it('does not give a number when it could not be read', () => {
    const { text } = setUp({ users: 'unknown' });
    expect(text()).toContain('Their number could not be read.');
  });

  it('offers to force the deletion only after the server has refused it', () => {
    const { onConfirm, text } = setUp({
      phase: {
        status: 'failed',
        failure: { title: 'Team Drive was not deleted', text: '' },
        needsForce: true,
      },
    });
    expect(text()).toContain('Team Drive was not deleted');
    fireEvent.click(screen.getByText('Delete anyway'));
    expect(onConfirm).toHaveBeenCalledWith({ force: true });
  });

  it('does not force the deletion at first', () => {
    const { onConfirm } = setUp({});
    fireEvent.click(screen.getByText('Delete connector'));
    expect(onConfirm).toHaveBeenCalledWith({ force: false });
  });
});

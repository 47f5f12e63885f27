import type { StoryGroup } from '@latchkey/core/public/stories';
import { DeleteDialog, type DeleteDialogProps } from './delete_dialog.tsx';

const nothing = (): void => undefined;

const named = (names: readonly string[]) => names.map((name) => ({ id: name, name }));

const dialog = (changes: Partial<DeleteDialogProps>) => (
  <DeleteDialog
    connectors={named(['Team Drive'])}
    users={0}
    uses={{ known: undefined, failure: undefined }}
    phase={{ status: 'asking' }}
    onConfirm={nothing}
    onClose={nothing}
    {...changes}
  />
);
const long = 'engineering_documents_'.repeat(9);
const many = Array.from({ length: 12 }, (_, index) => `Connector ${index + 1}`);

/** States of the question before connectors are deleted. */
export const stories: StoryGroup = {
  title: 'Delete connectors',
  stories: [
    { name: 'counting users', render: () => dialog({ users: undefined }) },
    { name: 'nobody is connected', render: () => dialog({}) },
    { name: 'users are disconnected', render: () => dialog({ users: 12 }) },
    {
      name: 'workflows stop',
      render: () =>
        dialog({
          users: 12,
          uses: {
            failure: undefined,
            known: {
              total: 14,
              uses: [
                { id: '1', name: 'Weekly report', isScheduled: true },
                { id: '2', name: 'Search files', isScheduled: false },
                { id: '3', name: 'x'.repeat(90), isScheduled: false },
              ],
            },
          },
        }),
    },
    { name: 'number of users not readable', render: () => dialog({ users: 'unknown' }) },
    { name: 'several connectors', render: () => dialog({ connectors: named(many), users: 3 }) },
    { name: 'name without spaces', render: () => dialog({ connectors: named([long]) }) },
    {
      name: 'several names without spaces',
      render: () => dialog({ connectors: named([long, `other_${long}`]) }),
    },
    {
      name: 'deleting several',
      render: () =>
        dialog({ connectors: named(many), users: 3, phase: { status: 'deleting', done: 5 } }),
    },
    {
      name: 'failed',
      render: () =>
        dialog({
          phase: {
            status: 'failed',
            failure: {
              title: 'Team Drive was not deleted',
              text: 'The server is busy or restarting. Try again in a moment.',
            },
            needsForce: false,
          },
        }),
    },
    {
      name: 'grants cannot be revoked',
      render: () =>
        dialog({
          users: 2,
          phase: {
            status: 'failed',
            failure: {
              title: 'Team Drive was not deleted',
              text: 'This server lacks the key with which the connector is encrypted.',
            },
            needsForce: true,
          },
        }),
    },
  ],
};

import { HttpClientError } from '@latchkey/core/public';
import { STALE_VERSION } from '@latchkey/core/public/mocks';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { DeleteSpaceModal, type DeleteSpaceModalProps } from './delete_space_modal.tsx';
import { SpaceFlyout, type SpaceFlyoutProps } from './space_flyout.tsx';
import type { StoredSpace } from './space_form.ts';
import { SpacesTable } from './spaces_table.tsx';

const nothing = (): void => undefined;

const STALE = new HttpClientError('request_failed', 'stale', STALE_VERSION);

const aSpace = (changes: Partial<StoredSpace> = {}): StoredSpace => ({
  id: 'sales',
  name: 'Sales',
  description: 'Connectors of the sales teams',
  color: '#00BFB3',
  disabledFeatures: [],
  version: 'v1',
  ...changes,
});

const LONG = 'engineering_team_'.repeat(12);

const table = (spaces: readonly StoredSpace[]) => (
  <SpacesTable
    spaces={spaces}
    current="default"
    hrefOf={(id) => `/s/${id}/`}
    onEdit={nothing}
    onDelete={nothing}
  />
);

const flyout = (changes: Partial<SpaceFlyoutProps> = {}) => (
  <SpaceFlyout
    space={undefined}
    error={undefined}
    isSaving={false}
    onSubmit={nothing}
    onReload={nothing}
    onClose={nothing}
    {...changes}
  />
);

const modal = (changes: Partial<DeleteSpaceModalProps> = {}) => (
  <DeleteSpaceModal
    name="Sales"
    preview={{ state: 'loaded', counts: { connectors: 12, authorizations: 30, roles: 1 } }}
    error={undefined}
    isDeleting={false}
    onConfirm={nothing}
    onClose={nothing}
    {...changes}
  />
);

/** States of the list of spaces, of their form, and of the deletion. */
export const stories: StoryGroup = {
  title: 'Spaces',
  stories: [
    { name: 'none found', render: () => table([]) },
    {
      name: 'list',
      render: () =>
        table([
          { id: 'default', name: 'Default', disabledFeatures: [], version: 'v1', _reserved: true },
          aSpace(),
        ]),
    },
    {
      name: 'names without spaces',
      render: () => table([aSpace({ id: LONG.slice(0, 100), name: LONG, description: LONG })]),
    },
    { name: 'new space', render: () => flyout() },
    { name: 'edit space', render: () => flyout({ space: aSpace() }) },
    {
      name: 'changed by another administrator',
      render: () => flyout({ space: aSpace(), error: STALE }),
    },
    { name: 'not saved', render: () => flyout({ error: new Error('failed') }) },
    { name: 'deletion', render: () => modal() },
    { name: 'deletion, name without spaces', render: () => modal({ name: LONG }) },
    { name: 'deletion, counting', render: () => modal({ preview: { state: 'loading' } }) },
    {
      name: 'deletion, not counted',
      render: () => modal({ preview: { state: 'failed', error: new Error('failed') } }),
    },
    {
      name: 'deletion of an empty space',
      render: () => modal({ preview: { state: 'loaded', counts: {} } }),
    },
    { name: 'not deleted', render: () => modal({ error: new Error('failed') }) },
  ],
};

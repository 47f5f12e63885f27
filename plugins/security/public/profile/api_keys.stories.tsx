import type { StoryGroup } from '@latchkey/core/public/stories';
import { ApiKeyFlyout } from './api_key_flyout.tsx';
import { ApiKeysTable, type ApiKeyView } from './api_keys_table.tsx';
import { CreatedKeyFlyout } from './created_key_flyout.tsx';

const nothing = (): void => undefined;

const aKey = (changes: Partial<ApiKeyView> = {}): ApiKeyView => ({
  id: 'a',
  name: 'nightly report',
  creation: Date.UTC(2030, 0, 2),
  expiration: Date.UTC(2099, 0, 2),
  role_descriptors: {},
  ...changes,
});

const LONG = 'benjamin_of_engineering_'.repeat(8);

const table = (keys: readonly ApiKeyView[]) => <ApiKeysTable keys={keys} onDelete={nothing} />;

const flyout = (changes: { readonly error?: unknown; readonly isSaving?: boolean } = {}) => (
  <ApiKeyFlyout
    maxDays={365}
    features={[{ id: 'actions', name: 'Actions and Connectors' }]}
    spaces={[{ id: 'default', name: 'Default' }]}
    error={undefined}
    isSaving={false}
    onSubmit={nothing}
    onClose={nothing}
    {...changes}
  />
);

/** States of the list of API keys and of the form of a new one. */
export const stories: StoryGroup = {
  title: 'API keys',
  stories: [
    { name: 'none', render: () => table([]) },
    {
      name: 'list',
      render: () =>
        table([
          aKey(),
          aKey({ id: 'b', name: 'ci', role_descriptors: { restriction: {} } }),
          aKey({ id: 'c', name: 'expired', expiration: Date.UTC(2020, 0, 2) }),
          {
            id: 'd',
            name: 'a key that never expires',
            creation: Date.UTC(2030, 0, 2),
            role_descriptors: {},
          },
        ]),
    },
    {
      name: 'name without spaces',
      render: () => table([aKey({ name: LONG, role_descriptors: { restriction: {} } })]),
    },
    { name: 'form', render: () => flyout() },
    { name: 'form, creating', render: () => flyout({ isSaving: true }) },
    { name: 'form, failed', render: () => flyout({ error: new Error('failed') }) },
    {
      name: 'created with a long name',
      render: () => <CreatedKeyFlyout name={LONG} encoded={LONG} onClose={nothing} />,
    },
    {
      name: 'created',
      render: () => (
        <CreatedKeyFlyout name="nightly report" encoded="shown-once" onClose={nothing} />
      ),
    },
  ],
};

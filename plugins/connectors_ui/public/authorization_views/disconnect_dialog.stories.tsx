import type { StoryGroup } from '@latchkey/core/public/stories';
import { DisconnectDialog, type DisconnectDialogProps } from './disconnect_dialog.tsx';

const NO_USES: DisconnectDialogProps['uses'] = { known: undefined, failure: undefined };

const dialog = (phase: DisconnectDialogProps['phase'], account?: string) => () => (
  <DisconnectDialog
    connectorName="Google Drive"
    account={account}
    uses={NO_USES}
    phase={phase}
    onDisconnect={() => undefined}
    onClose={() => undefined}
  />
);
const LONG = 'engineering_documents_'.repeat(9);
const results = ['revoked', 'waiting', 'unsupported', 'failed', 'none', 'unknown'] as const;

/** Every state of the dialog. */
export const stories: StoryGroup = {
  title: 'Disconnect dialog',
  stories: [
    { name: 'asking', render: dialog('asking', 'ana@example.com') },
    { name: 'asking without an account', render: dialog('asking') },
    { name: 'busy', render: dialog('busy', 'ana@example.com') },
    {
      name: 'still connected',
      render: dialog({ failure: 'Your roles do not allow this.' }, 'ana@example.com'),
    },
    { name: 'unknown', render: dialog('unknown', 'ana@example.com') },
    {
      name: 'names without spaces',
      render: () => (
        <DisconnectDialog
          connectorName={LONG}
          account={`${LONG}@example.com`}
          uses={NO_USES}
          phase="asking"
          onDisconnect={() => undefined}
          onClose={() => undefined}
        />
      ),
    },
    {
      name: 'asking with workflows',
      render: () => (
        <DisconnectDialog
          connectorName="Google Drive"
          account="ana@example.com"
          uses={{
            failure: undefined,
            known: {
              total: 23,
              uses: Array.from({ length: 20 }, (_, index) => ({
                id: String(index),
                name: index === 1 ? LONG : `Weekly report ${index + 1}`,
                isScheduled: index < 3,
              })),
            },
          }}
          phase="asking"
          onDisconnect={() => undefined}
          onClose={() => undefined}
        />
      ),
    },
    {
      name: 'asking without the workflows',
      render: () => (
        <DisconnectDialog
          connectorName="Google Drive"
          account="ana@example.com"
          uses={{ known: undefined, failure: { isReading: false, onRetry: () => undefined } }}
          phase="asking"
          onDisconnect={() => undefined}
          onClose={() => undefined}
        />
      ),
    },
    ...results.map((result) => ({ name: `result ${result}`, render: dialog({ result }) })),
  ],
};

import type { StoryGroup } from '@latchkey/core/public/stories';
import { connectionMock, notConnectedMock } from '../connection_status/connection.mock.ts';
import { StatusBadge } from './status_badge.tsx';
import { StatusDetails } from './status_details.tsx';

const SCOPE = { scope: 'drive.readonly', text: 'See and download all your Google Drive files' };
const CONNECTIONS = {
  connected: connectionMock(),
  'new permissions': connectionMock({ missingScopes: ['drive.metadata'] }),
  expiring: connectionMock({ status: 'expiring', nextStep: 'reconnect' }),
  'reconnect needed': connectionMock({ status: 'needs_reauth', nextStep: 'reconnect' }),
  'site not chosen': connectionMock({ status: 'needs_site', nextStep: 'choose_site' }),
  'renewal failing': connectionMock({ status: 'refresh_failing', nextStep: 'wait' }),
  'needs an administrator': connectionMock({ nextStep: 'ask_administrator' }),
  pending: notConnectedMock({ status: 'pending', since: new Date() }),
  'not connected': notConnectedMock(),
  disconnected: notConnectedMock({ status: 'revocation_pending' }),
  'not applicable': notConnectedMock({ status: 'not_applicable' }),
} as const;
const DETAILS = {
  complete: connectionMock({ endsAt: new Date(Date.now() + 20 * 86_400_000) }),
  'without an account': connectionMock({ account: undefined, lastUsedAt: undefined }),
  'missing permission': connectionMock({
    granted: [SCOPE],
    missingScopes: ['drive.metadata'],
  }),
  'unconfirmed permissions': connectionMock({ granted: undefined }),
  'permission without words': connectionMock({
    requested: [SCOPE],
    granted: [SCOPE, { scope: 'files.write', text: undefined }],
  }),
  'no permissions': connectionMock({ requested: [], granted: [] }),
};

/** Every status, as badge and in detail. */
export const stories: StoryGroup = {
  title: 'Connection status',
  stories: [
    ...Object.entries(CONNECTIONS).map(([name, connection]) => ({
      name,
      render: () => <StatusBadge connection={connection} withSince />,
    })),
    { name: 'unknown', render: () => <StatusBadge connection={undefined} withSince /> },
    ...Object.entries(DETAILS).map(([name, connection]) => ({
      name: `details: ${name}`,
      render: () => <StatusDetails connection={connection} />,
    })),
  ],
};

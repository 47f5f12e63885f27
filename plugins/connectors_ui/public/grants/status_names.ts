import { defineMessages } from '@latchkey/core/public';

/** Names of the statuses of an authorization on the pages for administrators. */
export const statusNames = defineMessages({
  connected: { id: 'connectorsUi.grants.status.connected', defaultMessage: 'Connected' },
  expiring: { id: 'connectorsUi.grants.status.expiring', defaultMessage: 'Ends soon' },
  needs_reauth: {
    id: 'connectorsUi.grants.status.needsReauth',
    defaultMessage: 'Must connect again',
  },
  refresh_failing: {
    id: 'connectorsUi.grants.status.refreshFailing',
    defaultMessage: 'Renewal failing',
  },
  needs_site: { id: 'connectorsUi.grants.status.needsSite', defaultMessage: 'Site not chosen' },
  pending: { id: 'connectorsUi.grants.status.pending', defaultMessage: 'Not finished' },
  not_connected: {
    id: 'connectorsUi.grants.status.notConnected',
    defaultMessage: 'Not connected',
  },
  revocation_pending: {
    id: 'connectorsUi.grants.status.revocationPending',
    defaultMessage: 'Revocation pending',
  },
  other: { id: 'connectorsUi.grants.status.other', defaultMessage: 'Unknown' },
});

/** Returns `true` if a status has a name of its own. */
export const hasStatusName = (status: string): status is keyof typeof statusNames =>
  Object.hasOwn(statusNames, status);

import { defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';
import type { Connection, ConnectionStatus } from './connection.ts';

/** Text for a status, and the look of its badge. */
export interface StatusWords {
  readonly label: MessageDescriptor;
  /** Color of an EUI badge. */
  readonly color: 'success' | 'warning' | 'danger' | 'default' | 'primary' | 'hollow';
  /** Name of an EUI icon. */
  readonly icon: string;
  /** A sentence that explains the status. */
  readonly explanation: MessageDescriptor;
}

const labels = defineMessages({
  connected: { id: 'connectorsUi.status.connected', defaultMessage: 'Connected' },
  expiring: { id: 'connectorsUi.status.expiring', defaultMessage: 'Ends soon' },
  needs_reauth: { id: 'connectorsUi.status.needsReauth', defaultMessage: 'Reconnect needed' },
  needs_site: { id: 'connectorsUi.status.needsSite', defaultMessage: 'Site not chosen' },
  not_applicable: { id: 'connectorsUi.status.notApplicable', defaultMessage: 'Service account' },
  not_connected: { id: 'connectorsUi.status.notConnected', defaultMessage: 'Not connected' },
  pending: { id: 'connectorsUi.status.pending', defaultMessage: 'Not finished' },
  refresh_failing: { id: 'connectorsUi.status.refreshFailing', defaultMessage: 'Renewal failing' },
  revocation_pending: {
    id: 'connectorsUi.status.revocationPending',
    defaultMessage: 'Disconnected',
  },
  unknown: { id: 'connectorsUi.status.unknown', defaultMessage: 'Unknown' },
  needsAdministrator: {
    id: 'connectorsUi.status.needsAdministrator',
    defaultMessage: 'Needs an administrator',
  },
  newPermissions: {
    id: 'connectorsUi.status.newPermissions',
    defaultMessage: 'New permissions needed',
  },
});

const explanations = defineMessages({
  connected: {
    id: 'connectorsUi.statusExplanation.connected',
    defaultMessage: 'Actions use your own account.',
  },
  expiring: {
    id: 'connectorsUi.statusExplanation.expiring',
    defaultMessage: 'The authorization ends soon. Reconnect to keep it working.',
  },
  needs_reauth: {
    id: 'connectorsUi.statusExplanation.needsReauth',
    defaultMessage: 'The provider no longer accepts the authorization. Reconnect to use it again.',
  },
  needs_site: {
    id: 'connectorsUi.statusExplanation.needsSite',
    defaultMessage:
      'Your account has several sites, and none is chosen. Calls fail until one is chosen.',
  },
  not_applicable: {
    id: 'connectorsUi.statusExplanation.notApplicable',
    defaultMessage: 'All users share one account. You do not have to connect your own.',
  },
  not_connected: {
    id: 'connectorsUi.statusExplanation.notConnected',
    defaultMessage: 'Connect your own account to use this connector.',
  },
  pending: {
    id: 'connectorsUi.statusExplanation.pending',
    defaultMessage: 'An authorization was started but not finished.',
  },
  refresh_failing: {
    id: 'connectorsUi.statusExplanation.refreshFailing',
    defaultMessage: 'The last renewal failed. It is tried again, you do not have to do anything.',
  },
  revocation_pending: {
    id: 'connectorsUi.statusExplanation.revocationPending',
    defaultMessage: 'You disconnected. The authorization is still being revoked at the provider.',
  },
  unknown: {
    id: 'connectorsUi.statusExplanation.unknown',
    defaultMessage: 'The status could not be read. Reload the page to try again.',
  },
  needsAdministrator: {
    id: 'connectorsUi.statusExplanation.needsAdministrator',
    defaultMessage: 'The connector cannot be used until an administrator corrects its settings.',
  },
  newPermissions: {
    id: 'connectorsUi.statusExplanation.newPermissions',
    defaultMessage: 'The connector asks for more permissions now. Reconnect to grant them.',
  },
});

const LOOKS: Record<ConnectionStatus, Pick<StatusWords, 'color' | 'icon'>> = {
  connected: { color: 'success', icon: 'check' },
  expiring: { color: 'warning', icon: 'clock' },
  needs_reauth: { color: 'danger', icon: 'warning' },
  needs_site: { color: 'warning', icon: 'warning' },
  not_applicable: { color: 'hollow', icon: 'users' },
  not_connected: { color: 'default', icon: 'linkSlash' },
  pending: { color: 'default', icon: 'clock' },
  refresh_failing: { color: 'warning', icon: 'refresh' },
  revocation_pending: { color: 'default', icon: 'clock' },
  unknown: { color: 'hollow', icon: 'question' },
};

/** Text for the status of a connection. `undefined`: the status could not be read. */
export function statusWords(connection: Connection | undefined): StatusWords {
  const status = connection?.status ?? 'unknown';
  if (connection?.nextStep === 'ask_administrator') {
    return {
      label: labels.needsAdministrator,
      explanation: explanations.needsAdministrator,
      color: 'warning',
      icon: 'wrench',
    };
  }
  if (status === 'connected' && (connection?.missingScopes.length ?? 0) > 0) {
    return {
      label: labels.newPermissions,
      explanation: explanations.newPermissions,
      color: 'warning',
      icon: 'key',
    };
  }
  return { label: labels[status], explanation: explanations[status], ...LOOKS[status] };
}

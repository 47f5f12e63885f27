import type { Counter, Logger, Principal } from '@latchkey/core/server';
import type { Audit, AuditEvent } from '@latchkey/security-plugin/server';
import { narrowPrincipal } from '../../../audit/index.ts';
import type { GrantEvent, GrantEvents } from './grant_events.ts';

type RevokedEvent = Extract<GrantEvent, { readonly type: 'revoked' }>;
type RefreshFailureKind = Extract<GrantEvent, { readonly type: 'refresh_failed' }>['kind'];

/** Name of an account that the provider did not name. */
const UNNAMED = 'an unknown account';
/** Principal of events that no user has caused. */
const SERVER: Principal = { user: undefined, spaceId: 'default' };

/** Advice after a failed refresh, for log lines. */
const AFTER_FAILED_REFRESH: Record<RefreshFailureKind, string> = {
  reauthorize: 'the user must authorize again',
  misconfigured: 'an administrator must correct the connector',
  transient: 'it will be tried again',
};
const TOKEN_NAMES: Record<RevokedEvent['tokenKind'], string> = {
  access_token: 'access token',
  refresh_token: 'refresh token',
};
const REVOCATION_OUTCOMES: Record<RevokedEvent['outcome'], string> = {
  revoked: 'was revoked',
  unsupported: 'cannot be revoked, because there is no revocation endpoint that may be used',
  failed_transient: 'could not be revoked yet',
  failed_permanent: 'could not be revoked, because the provider refused',
};

/**
 * Creates a receiver of grant events that writes audit events, metrics and, if an operator should
 * act, log lines.
 */
export function createGrantEvents(deps: {
  readonly audit: Audit;
  readonly logger: Logger;
  readonly counter: Counter;
}): GrantEvents {
  return {
    emit: (event) => {
      deps.counter.inc({ event: event.type });
      warn(event, deps.logger);
      const audited = auditEventOf(event);
      if (audited !== undefined) deps.audit.log(narrowPrincipal(event.actor ?? SERVER), audited);
    },
  };
}

function warn(event: GrantEvent, logger: Logger): void {
  const fields = { 'latchkey.connector_id': event.connectorId };
  if (event.type === 'refresh_unsaved') {
    logger.fatal(
      `Fresh tokens of connector [${event.connectorId}] could not be stored. They are used from memory while the write is retried. If this process stops before the write succeeds, the user must authorize again.`,
      fields,
    );
  } else if (event.type === 'refresh_failed') {
    const { connectorId, code, kind, providerRequestId } = event;
    const request =
      providerRequestId === undefined ? '' : `; provider request id ${providerRequestId}`;
    logger.warn(
      `Refresh for connector [${connectorId}] failed: ${code} (${AFTER_FAILED_REFRESH[kind]}${request})`,
      fields,
    );
  } else if (event.type === 'revoked' && event.outcome !== 'revoked') {
    logger.warn(revocationText(event), fields);
  }
}

function revocationText({ tokenKind, connectorId, outcome, cause }: RevokedEvent): string {
  const text = `The ${TOKEN_NAMES[tokenKind]} of connector [${connectorId}] ${REVOCATION_OUTCOMES[outcome]}`;
  // A success may follow a failed request, for example with the other hint.
  if (cause === undefined || outcome === 'revoked') return text;
  return `${text}: ${'code' in cause ? cause.code : `HTTP ${cause.status}`}`;
}

/** Returns the audit event for an event of a grant. `undefined`: no audit event is needed. */
function auditEventOf(event: GrantEvent): AuditEvent | undefined {
  const about = {
    savedObject: { type: 'action', id: event.connectorId },
    ...(event.profileUid === undefined ? {} : { subjectProfileUid: event.profileUid }),
  };
  const id = event.connectorId;
  switch (event.type) {
    case 'connected':
      // The authorization flow writes this event, because it knows the user and the request.
      return undefined;
    case 'refreshed':
      return {
        ...about,
        action: 'connector_oauth_refresh',
        outcome: 'success',
        message: `Tokens of connector [${id}] were refreshed`,
      };
    case 'refresh_failed':
      return {
        ...about,
        action: 'connector_oauth_refresh',
        outcome: 'failure',
        message: `Tokens of connector [${id}] could not be refreshed`,
        errorCode: event.code,
      };
    case 'refresh_unsaved':
      return {
        ...about,
        action: 'connector_oauth_refresh',
        outcome: 'failure',
        message: `Fresh tokens of connector [${id}] could not be stored yet`,
        errorCode: 'store_unavailable',
      };
    case 'ended':
      return {
        ...about,
        action: 'connector_oauth_disconnect',
        outcome: 'success',
        message: `Authorization of connector [${id}] was ended: ${event.reason}`,
      };
    case 'revoked':
      return {
        ...about,
        action: 'connector_oauth_revoke',
        outcome: event.outcome === 'revoked' ? 'success' : 'failure',
        message: revocationText(event),
        ...(event.outcome === 'revoked' ? {} : { errorCode: event.outcome }),
      };
    case 'account_held':
      return {
        ...about,
        action: 'connector_oauth_account_change',
        outcome: 'unknown',
        message: `Connector [${id}] is connected as [${event.from}], the provider returned [${event.to ?? UNNAMED}]; the user must decide`,
      };
    case 'account_changed':
      return {
        ...about,
        action: 'connector_oauth_account_change',
        outcome: 'success',
        message: `Account of connector [${id}] was changed from [${event.from}] to [${event.to ?? UNNAMED}]`,
      };
    case 'account_kept':
      return {
        ...about,
        action: 'connector_oauth_account_change',
        outcome: 'failure',
        message: `Connector [${id}] stays connected as [${event.from}]; the authorization of [${event.to ?? UNNAMED}] is revoked`,
        errorCode: event.reason === 'user' ? 'account_kept' : 'account_change_expired',
      };
    case 'site_chosen':
      return {
        ...about,
        action: 'connector_oauth_site_choice',
        outcome: 'success',
        message: `Site [${event.siteId}] was chosen for the authorization of connector [${id}]`,
      };
    case 'late_result_discarded':
      return undefined;
    default:
      return event satisfies never;
  }
}

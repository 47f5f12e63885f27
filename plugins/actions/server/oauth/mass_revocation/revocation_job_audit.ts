import type { Principal } from '@latchkey/core/server';
import type { Audit, AuditEvent } from '@latchkey/security-plugin/server';
import { narrowPrincipal } from '../../audit/index.ts';
import { actorOf, countsOf, type RevocationJob, type RevocationScope } from './revocation_job.ts';

/** Principal of jobs that the server itself has started. */
const SERVER: Principal = { user: undefined, spaceId: 'default' };

/**
 * Writes audit events for requests that list, count or end grants of other users. The outcome
 * `unknown` is recorded before a change is made, so that a crash cannot leave a change without an
 * event.
 */
export class RevocationJobAudit {
  readonly #audit: Audit;

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  /** Records a search for grants of all connectors of a space. */
  searched(principal: Principal): void {
    this.#log(principal, {
      action: 'connector_grants_find',
      outcome: 'success',
      message: `User searched the authorizations of space [${principal.spaceId}]`,
    });
  }

  listed(principal: Principal, connectorId: string): void {
    this.#log(principal, {
      action: 'connector_grants_find',
      outcome: 'success',
      message: `User listed the authorizations of connector [${connectorId}]`,
      savedObject: { type: 'action', id: connectorId },
    });
  }

  revokes(principal: Principal, key: { connectorId: string; profileUid: string }): void {
    this.#log(principal, {
      action: 'connector_grants_revoke',
      outcome: 'unknown',
      message: `User is about to end another user's authorization of connector [${key.connectorId}]`,
      savedObject: { type: 'action', id: key.connectorId },
      subjectProfileUid: key.profileUid,
    });
  }

  counted(principal: Principal, scope: RevocationScope, found: number): void {
    this.#log(principal, {
      action: 'connector_grants_count',
      outcome: 'success',
      message: `User counted the authorizations of ${scopeText(scope)}: ${found}`,
      ...objectsOf(scope),
    });
  }

  starts(principal: Principal, scope: RevocationScope): void {
    this.#log(principal, {
      action: 'connector_grants_mass_revoke',
      outcome: 'unknown',
      message: `User is about to end all authorizations of ${scopeText(scope)}`,
      ...objectsOf(scope),
    });
  }

  cancels(principal: Principal, job: RevocationJob): void {
    this.#log(principal, {
      action: 'connector_grants_mass_revoke_cancel',
      outcome: 'success',
      message: `User cancelled revocation job [${job.id}]: ${countsText(job)}`,
      savedObject: { type: 'oauth_revocation_job', id: job.id },
    });
  }

  /** Records the end of a job, in the name of the user who requested it. */
  finished(job: RevocationJob): void {
    // Edits and deletions that ended no grant need no event of their job: they have an event
    // themselves.
    if (job.reason !== 'mass_revoke' && job.ended === 0 && job.failed === 0) return;
    this.#log(actorOf(job) ?? SERVER, {
      action:
        job.reason === 'mass_revoke' ? 'connector_grants_mass_revoke' : 'connector_grants_end',
      outcome: job.failed === 0 ? 'success' : 'failure',
      message: `Authorizations of ${scopeText(scopeOf(job))} were ended (${job.reason}, revocation job [${job.id}]): ${countsText(job)}`,
      ...objectsOf(scopeOf(job)),
      ...(job.failed === 0 ? {} : { errorCode: 'not_all_ended' }),
    });
  }

  #log(principal: Principal, event: AuditEvent): void {
    this.#audit.log(narrowPrincipal(principal), event);
  }
}

/** Returns the scope of a stored job. */
export function scopeOf({
  scope,
  connectorId = '',
  profileUid = '',
  provider = '',
}: RevocationJob): RevocationScope {
  switch (scope) {
    case 'connector':
      return { type: scope, connectorId };
    case 'user':
      return { type: scope, profileUid };
    case 'provider':
      return { type: scope, provider };
    case 'all':
      return { type: scope };
    default:
      return scope satisfies never;
  }
}

function scopeText(scope: RevocationScope): string {
  switch (scope.type) {
    case 'connector':
      return `connector [${scope.connectorId}]`;
    case 'user':
      return `user [${scope.profileUid}]`;
    case 'provider':
      return `provider [${scope.provider}]`;
    case 'all':
      return 'all users';
    default:
      return scope satisfies never;
  }
}

function objectsOf(scope: RevocationScope): Pick<AuditEvent, 'savedObject' | 'subjectProfileUid'> {
  if (scope.type === 'connector') return { savedObject: { type: 'action', id: scope.connectorId } };
  return scope.type === 'user' ? { subjectProfileUid: scope.profileUid } : {};
}

function countsText(job: RevocationJob): string {
  const { ended, failed, revocation } = countsOf(job, job.ended);
  return `${ended} ended, ${revocation.unsupported} of them cannot be revoked at the provider, ${failed} could not be ended`;
}

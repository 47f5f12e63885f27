import type { Principal } from '@latchkey/core/server';
import type { Audit, AuditEvent } from '@latchkey/security-plugin/server';
import { narrowPrincipal } from '../../audit/index.ts';
import { actorOf, countsOf, type RevocationJob, type RevocationScope } from './revocation_job.ts';

/** The server itself, when nobody asked. */
const SERVER: Principal = { user: undefined, spaceId: 'default' };

/** Who looked at, counted and ended other people's grants. `unknown` is written before a change, so that a crash cannot hide it. */
export class RevocationJobAudit {
  readonly #audit: Audit;

  constructor(audit: Audit) {
    this.#audit = audit;
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
      message: `User is about to end somebody's authorization of connector [${key.connectorId}]`,
      savedObject: { type: 'action', id: key.connectorId },
      subjectProfileUid: key.profileUid,
    });
  }

  counted(principal: Principal, scope: RevocationScope, found: number): void {
    this.#log(principal, {
      action: 'connector_grants_count',
      outcome: 'success',
      message: `User counted the authorizations of ${wordsOf(scope)}: ${found}`,
      ...objectsOf(scope),
    });
  }

  starts(principal: Principal, scope: RevocationScope): void {
    this.#log(principal, {
      action: 'connector_grants_mass_revoke',
      outcome: 'unknown',
      message: `User is about to end all authorizations of ${wordsOf(scope)}`,
      ...objectsOf(scope),
    });
  }

  cancels(principal: Principal, run: RevocationJob): void {
    this.#log(principal, {
      action: 'connector_grants_mass_revoke_cancel',
      outcome: 'success',
      message: `User cancelled run [${run.id}]: ${numbersOf(run)}`,
      savedObject: { type: 'oauth_revocation_job', id: run.id },
    });
  }

  /** In the name of whoever asked for the run, when it is over here. */
  finished(run: RevocationJob): void {
    // Most edits and deletions concern nobody; the change itself has its own event.
    if (run.reason !== 'mass_revoke' && run.ended === 0 && run.failed === 0) return;
    this.#log(actorOf(run) ?? SERVER, {
      action:
        run.reason === 'mass_revoke' ? 'connector_grants_mass_revoke' : 'connector_grants_end',
      outcome: run.failed === 0 ? 'success' : 'failure',
      message: `Authorizations of ${wordsOf(scopeOf(run))} were ended (${run.reason}, run [${run.id}]): ${numbersOf(run)}`,
      ...objectsOf(scopeOf(run)),
      ...(run.failed === 0 ? {} : { errorCode: 'not_all_ended' }),
    });
  }

  #log(principal: Principal, event: AuditEvent): void {
    this.#audit.log(narrowPrincipal(principal), event);
  }
}

/** The scope of a stored run. */
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

function wordsOf(scope: RevocationScope): string {
  switch (scope.type) {
    case 'connector':
      return `connector [${scope.connectorId}]`;
    case 'user':
      return `person [${scope.profileUid}]`;
    case 'provider':
      return `provider [${scope.provider}]`;
    case 'all':
      return 'everybody';
    default:
      return scope satisfies never;
  }
}

function objectsOf(scope: RevocationScope): Pick<AuditEvent, 'savedObject' | 'subjectProfileUid'> {
  if (scope.type === 'connector') return { savedObject: { type: 'action', id: scope.connectorId } };
  return scope.type === 'user' ? { subjectProfileUid: scope.profileUid } : {};
}

function numbersOf(run: RevocationJob): string {
  const { ended, failed, revocation } = countsOf(run, run.ended);
  return `${ended} ended, ${revocation.unsupported} of them without a way to revoke, ${failed} could not be ended`;
}

import {
  type DedicatedLogger,
  errorCodeOf,
  type LineLimiter,
  networkOf,
  type Principal,
} from '@latchkey/core/server';
import { withoutUndefined } from '@latchkey/saved-objects';
import type { Audit } from '../types.ts';
import { EventLines, type SecurityAuditEvent } from './event_lines.ts';

/**
 * Writes audit events as structured lines with ECS names, at level info, to their own logger. If a
 * caller causes too many failures of one kind, further failures are only counted, so that a flood
 * can neither fill the log nor push older events out of it. Successes are always written, so that
 * no change is missing.
 */
export class AuditLog implements Audit {
  readonly #logger: Pick<DedicatedLogger, 'info' | 'prepareLater'>;
  readonly #enabled: boolean;
  readonly #limiter: LineLimiter;
  readonly #lines: EventLines;

  constructor(options: {
    readonly logger: Pick<DedicatedLogger, 'info' | 'prepareLater'>;
    readonly enabled: boolean;
    readonly limiter: LineLimiter;
  }) {
    this.#logger = options.logger;
    this.#enabled = options.enabled;
    this.#limiter = options.limiter;
    this.#lines = new EventLines(options.logger);
  }

  log(principal: Principal, event: SecurityAuditEvent): void {
    if (!this.#enabled || this.#isCounted(principal, event)) return;
    this.#lines.write(principal, event);
  }

  /** Writes how many events were only counted. Call it before the process ends. */
  flush(): void {
    this.#limiter.flush();
  }

  /**
   * `true` for a failure above the limit, which is only counted. Failures of callers without
   * credentials are limited per network and existing user; those of signed-in users per user.
   * Background work has no address and is never limited.
   */
  #isCounted({ user, remoteAddress }: Principal, event: SecurityAuditEvent): boolean {
    if (remoteAddress === undefined || event.outcome !== 'failure') return false;
    const { action, errorCode } = event;
    const kind = `${action} ${errorCode}`;
    const source =
      user === undefined
        ? { kind, network: networkOf(remoteAddress), username: event.username }
        : { kind: `${kind} signed in`, network: undefined, username: user.username };
    return !this.#limiter.admits(source, ({ count, network, username }) => {
      const from = user === undefined ? ` from ${network ?? 'several networks'}` : '';
      const of = username === undefined ? '' : ` of user [${username}]`;
      this.#logger.info(
        `${count} more events like this${of}${from} in the last minute: ${event.message}`,
        {
          'event.action': action,
          'event.outcome': 'failure',
          ...withoutUndefined({
            'user.name': username,
            'source.address': network,
            'error.code': errorCode,
          }),
          'latchkey.audit.count': count,
        },
      );
    });
  }

  /** Runs `work` and writes `event` with its outcome. Of an error, only the code is written. */
  async around<T>(
    principal: Principal,
    event: Omit<SecurityAuditEvent, 'outcome' | 'errorCode'>,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await work();
      this.log(principal, { ...event, outcome: 'success' });
      return result;
    } catch (error) {
      this.log(principal, { ...event, outcome: 'failure', errorCode: errorCodeOf(error) });
      throw error;
    }
  }
}

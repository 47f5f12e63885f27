import { aPrincipal, createLoggerMock } from '@latchkey/core/server/mocks';
import { createAuditMock } from '@latchkey/security-plugin/server/mocks';
import { describe, expect, it } from 'vitest';
import { createGrantEvents } from './grant_audit.ts';
import type { GrantEvent } from './grant_events.ts';

const actor = aPrincipal();

type WithoutSubject<E> = E extends GrantEvent ? Omit<E, 'connectorId' | 'profileUid'> : never;

const emit = (event: WithoutSubject<GrantEvent>) => {
  const audit = createAuditMock();
  const logger = createLoggerMock();
  const counted: unknown[] = [];
  const events = createGrantEvents({ audit, logger, counter: { inc: (by) => counted.push(by) } });
  events.emit({ connectorId: 'c1', profileUid: 'u_ana', ...event } as GrantEvent);
  return { audited: audit.events, lines: logger.lines, counted };
};

describe('the audit trail of grants', () => {
  it.each([
    [{ type: 'refreshed' }, 'connector_oauth_refresh', 'success', undefined],
    [
      { type: 'refresh_failed', kind: 'transient', code: 'rate_limited' },
      'connector_oauth_refresh',
      'failure',
      'rate_limited',
    ],
    [{ type: 'refresh_unsaved' }, 'connector_oauth_refresh', 'failure', 'store_unavailable'],
    [{ type: 'ended', reason: 'mass_revoke' }, 'connector_oauth_disconnect', 'success', undefined],
    [
      { type: 'revoked', outcome: 'revoked', tokenKind: 'refresh_token' },
      'connector_oauth_revoke',
      'success',
      undefined,
    ],
    [
      { type: 'revoked', outcome: 'failed_permanent', tokenKind: 'access_token' },
      'connector_oauth_revoke',
      'failure',
      'failed_permanent',
    ],
  ] as const)(
    'has one event with the user and the connector for the outcome %j',
    (event, action, outcome, errorCode) => {
      const { audited, counted } = emit(event);
      expect(audited).toHaveLength(1);
      expect(audited[0]).toMatchObject({
        action,
        outcome,
        savedObject: { type: 'action', id: 'c1' },
        subjectProfileUid: 'u_ana',
        principal: { user: undefined },
      });
      expect(audited[0]?.errorCode).toBe(errorCode);
      expect(counted).toEqual([{ event: event.type }]);
    },
  );

  it('contains the user who ended the grant', () => {
    const { audited } = emit({ type: 'ended', reason: 'disconnect', actor } as const);
    expect(audited[0]?.principal).toEqual(actor);
  });

  it('E63: contains only user, space, id and IP address of a request', () => {
    const request = { ...actor, body: { secrets: 'canary' }, headers: { cookie: 'canary' } };
    const { audited } = emit({ type: 'ended', reason: 'disconnect', actor: request });
    expect(JSON.stringify(audited)).not.toContain('canary');
  });

  it.each([{ type: 'connected' }, { type: 'late_result_discarded' }] as const)(
    'writes only a metric for %j',
    (event) => {
      const { audited, counted, lines } = emit(event);
      expect([audited.length, lines.length, counted]).toEqual([0, 0, [{ event: event.type }]]);
    },
  );

  it('contains no affected user for a shared token', () => {
    const { audited } = emit({ type: 'refreshed', profileUid: undefined } as never);
    expect(audited[0]).not.toHaveProperty('subjectProfileUid');
  });
});

describe('the log of grants', () => {
  it('contains a line with level fatal when refreshed tokens cannot be stored', () => {
    expect(emit({ type: 'refresh_unsaved' } as const).lines.map(({ level }) => level)).toEqual([
      'fatal',
    ]);
  });

  it('contains a warning with code, advice and request id of the provider after a failed refresh', () => {
    const event = {
      type: 'refresh_failed',
      kind: 'reauthorize',
      code: 'invalid_grant',
      providerRequestId: 'req-7',
    } as const;
    const { lines } = emit(event);
    expect(lines).toMatchObject([
      {
        level: 'warn',
        message: expect.stringContaining(
          'invalid_grant (the user must authorize again; provider request id req-7)',
        ),
      },
    ]);
  });

  it('contains a warning after a failed revocation, and nothing after a successful one', () => {
    const revoked = (outcome: 'revoked' | 'failed_transient') =>
      emit({ type: 'revoked', outcome, tokenKind: 'refresh_token' } as const).lines.length;
    expect([revoked('revoked'), revoked('failed_transient')]).toEqual([0, 1]);
  });

  it.each([
    [{ status: 503 }, 'could not be revoked yet: HTTP 503'],
    [{ code: 'timeout' }, 'could not be revoked yet: timeout'],
    [undefined, 'could not be revoked yet'],
  ] as const)('ends with the cause %j of a failed revocation', (cause, end) => {
    const event = {
      type: 'revoked',
      outcome: 'failed_transient',
      tokenKind: 'access_token',
      cause,
    };
    const { lines, audited } = emit(event as WithoutSubject<GrantEvent>);
    const message = `The access token of connector [c1] ${end}`;
    expect(lines.map((line) => line.message)).toEqual([message]);
    expect(audited).toMatchObject([{ message }]);
  });
});

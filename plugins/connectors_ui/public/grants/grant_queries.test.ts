import { expect, it } from 'vitest';
import {
  type FoundGrants,
  pagePollInterval,
  pollInterval,
  type RevocationJob,
} from './grant_queries.ts';

const job = (state: RevocationJob['state'], isSettled: boolean): RevocationJob => ({
  ...{ id: 'j', scope: { type: 'all' }, reason: 'mass_revoke', state, is_settled: isSettled },
  ...{ total: 2, ended: 2, failed: 0, created_at: '2030-01-01T00:00:00.000Z' },
  revocation: { waiting: 0, revoked: 0, unsupported: 0, failed: 0, replaced: 0 },
});

it('jobs are requested often while one ends grants, and rarely while one waits for the provider', () => {
  const settled = job('completed', true);
  const waiting = job('completed', false);
  expect(pollInterval([waiting, job('running', false)])).toBe(1500);
  expect(pollInterval([settled, waiting])).toBe(5000);
});

it('jobs are not requested again when none is in progress', () => {
  expect(pollInterval()).toBe(false);
  expect(pollInterval([job('completed', true), job('cancelled', true)])).toBe(false);
});

it('a page of authorizations is requested again only while one of them waits for its revocation', () => {
  const page = (...statuses: FoundGrants['grants'][number]['connection_status'][]) => ({
    grants: statuses.map((status) => ({
      ...{ profile_uid: 'u_ana', username: 'ana', connector_id: 'd', connector_name: 'Drive' },
      connection_status: status,
    })),
    ...{ total: 2, page: 1, per_page: 25 },
  });
  expect(pagePollInterval(page('connected', 'revocation_pending'))).toBe(5000);
  expect(pagePollInterval(page('connected', 'needs_reauth'))).toBe(false);
  expect(pagePollInterval(undefined)).toBe(false);
});

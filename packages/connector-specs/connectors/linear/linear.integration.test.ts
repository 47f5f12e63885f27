import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { getSchemaForAuthType } from '../../schema/index.ts';
import { linear } from './linear.ts';

const api = useConnector(linear, {
  secrets: { authType: 'api_key_header', Authorization: 'lin_api_canary' },
});
const { run } = api;

const sentVariables = () => api.received.map(({ body }) => JSON.parse(body).variables);

const named = (id: string) => ({ id, name: id });
const anIssue = (identifier: string) => ({
  id: `id-${identifier}`,
  identifier,
  title: 'Crash',
  url: `https://linear.app/acme/issue/${identifier}`,
  priority: 2,
  team: { ...named('t1'), key: 'ENG' },
  state: { ...named('s1'), type: 'started' },
  labels: { nodes: [named('l1')] },
});
/** A page of a list. Linear names the cursor of the last item even on the last page. */
const aPage = (list: string, nodes: readonly object[], hasNextPage = false) => ({
  body: { data: { [list]: { nodes, pageInfo: { hasNextPage, endCursor: `c${nodes.length}` } } } },
});

describe('requests of the Linear actions', () => {
  const page = { first: 50 };
  const active = { archivedAt: { null: true } };

  it.each([
    ['listTeams', { orderBy: 'updatedAt', after: '' }, { ...page, orderBy: 'updatedAt' }],
    ['listProjects', {}, page],
    [
      'listProjects',
      { teamId: 't1' },
      { ...page, filter: { accessibleTeams: { some: { id: { eq: 't1' } } } } },
    ],
    ['listCycles', { teamId: 't1', after: 'c' }, { ...page, after: 'c', teamId: 't1' }],
    ['listIssues', {}, { ...page, filter: active }],
    ['listIssues', { archivedStatus: 'all' }, page],
    [
      'listIssues',
      { archivedStatus: 'archived' },
      { ...page, filter: { archivedAt: { null: false } } },
    ],
    [
      'listIssues',
      {
        filter: {
          teamId: 't1',
          projectId: 'p1',
          assigneeId: 'u1',
          stateId: 's1',
          labelIds: ['l1', 'l2'],
          titleContains: 'crash',
          priority: 0,
          createdAfter: '2030-01-01',
          updatedBefore: '2030-02-01T08:00:00+01:00',
        },
        first: 1,
      },
      {
        first: 1,
        filter: {
          team: { id: { eq: 't1' } },
          project: { id: { eq: 'p1' } },
          assignee: { id: { eq: 'u1' } },
          state: { id: { eq: 's1' } },
          labels: { some: { id: { in: ['l1', 'l2'] } } },
          title: { containsIgnoreCase: 'crash' },
          priority: { eq: 0 },
          createdAt: { gte: '2030-01-01' },
          updatedAt: { lt: '2030-02-01T08:00:00+01:00' },
          ...active,
        },
      },
    ],
    ['getIssue', { id: 'ENG-42' }, { id: 'ENG-42' }],
    [
      'createIssue',
      { teamId: 't1', title: 'Crash', priority: 0, labelIds: ['l1'] },
      { input: { teamId: 't1', title: 'Crash', priority: 0, labelIds: ['l1'] } },
    ],
    [
      'updateIssue',
      { id: 'ENG-42', assigneeId: null, dueDate: null, removedLabelIds: ['l1'] },
      { id: 'ENG-42', input: { assigneeId: null, dueDate: null, removedLabelIds: ['l1'] } },
    ],
    ['createComment', { issueId: 'i1', body: 'Seen' }, { input: { issueId: 'i1', body: 'Seen' } }],
  ])('%s with the input %j sends the variables %j', async (name, input, expected) => {
    api.response = () => ({ status: 500 });
    await run(name, input).catch(() => undefined);
    expect(sentVariables()[0]).toEqual(expected);
  });

  it('read the members of a team if the input names a team', async () => {
    api.response = ({ body }) => ({
      body: body.includes('members(')
        ? { data: { team: aPage('members', [{ ...named('u1'), active: true }]).body.data } }
        : {},
    });
    expect(await run('listUsers', { teamId: 't1' })).toEqual({
      items: [{ ...named('u1'), active: true }],
    });
    expect(sentVariables()).toEqual([{ first: 50, teamId: 't1' }]);
  });

  it('have a JSON body, and the API key without the prefix Bearer as the Authorization header', async () => {
    api.response = () => ({ body: { data: { viewer: named('u1') } } });
    await api.test();
    expect(api.received[0]).toMatchObject({ method: 'POST', url: '/graphql' });
    expect(api.received[0]?.headers).toMatchObject({
      authorization: 'lin_api_canary',
      'content-type': 'application/json',
    });
  });

  it.each([
    ['updateIssue', { id: 'i1' }],
    ['updateIssue', { id: 'i1', labelIds: ['l1'], addedLabelIds: ['l2'] }],
    ['updateIssue', { id: 'i1', labelIds: [], removedLabelIds: ['l2'] }],
    ['updateIssue', { id: 'i1', title: null }],
    ['createIssue', { teamId: 't1' }],
    ['createIssue', { teamId: 't1', title: 'a', priority: 5 }],
    ['listIssues', { first: 101 }],
    ['listIssues', { filter: { team: 't1' } }],
    ['listIssues', { filter: { createdAfter: 'yesterday' } }],
    ['updateIssue', { id: 'i1', dueDate: '31.01.2030' }],
    ['listCycles', {}],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect((async () => run(name, input))()).rejects.toThrow();
    expect(api.received).toEqual([]);
  });
});

describe('results of the Linear actions', () => {
  it('contain the following pages on request, up to the last one', async () => {
    api.response = ({ body }) =>
      JSON.parse(body).variables.after === 'c1'
        ? aPage('issues', [anIssue('ENG-2'), anIssue('ENG-3')])
        : aPage('issues', [anIssue('ENG-1')], true);
    expect(await run('listIssues', { all: true })).toEqual({
      items: [anIssue('ENG-1'), anIssue('ENG-2'), anIssue('ENG-3')],
    });
    expect(await run('listIssues', {})).toMatchObject({ nextCursor: 'c1' });
  });

  it('contain the changed issue after a write', async () => {
    const issueUpdate = { success: true, issue: anIssue('ENG-1') };
    api.response = () => ({ body: { data: { issueUpdate: { ...issueUpdate, lastSyncId: 1 } } } });
    expect(await run('updateIssue', { id: 'ENG-1', labelIds: [] })).toEqual({ issueUpdate });
  });

  it('contain the type of the status of a project as its state', async () => {
    const project = { ...named('p1'), status: { name: 'In flight', type: 'started' } };
    api.response = () => aPage('projects', [project]);
    expect(await run('listProjects', {})).toEqual({ items: [{ ...project, state: 'started' }] });
  });

  it('are errors when the response lacks the list', async () => {
    api.response = () => ({ body: { data: null } });
    await expect(run('listTeams', {})).rejects.toMatchObject({ code: 'unexpected_response' });
  });
});

describe('errors of the Linear actions', () => {
  const fails = (status: number, extensions: object, headers = {}) => {
    const message = 'Entity not found: Issue lin_api_canary';
    api.response = () => ({ status, headers, body: { errors: [{ message, extensions }] } });
    const input = { issueId: 'i1', body: 'a' };
    return run('createComment', input).catch((error: unknown) => error);
  };

  it.each([200, 400])('have code and message of the body with the status %i', async (status) => {
    const userPresentableMessage = 'Could not find the issue.';
    const error = await fails(status, { code: 'INPUT_ERROR', userPresentableMessage });
    expect(error).toMatchObject({
      message: `Linear API error (${status}): INPUT_ERROR: ${userPresentableMessage}`,
      reason: 'INPUT_ERROR',
      whoActs: 'user',
    });
  });

  it('state how long to wait after a rate limit, which Linear reports with status 400', async () => {
    const reset = String(Date.now() + 60_000);
    const headers = { 'x-ratelimit-requests-reset': reset };
    const error = await fails(400, { code: 'RATELIMITED' }, headers);
    expect(error).toMatchObject({ isRateLimit: true, whoActs: 'nobody' });
    const { retryAfterMs } = Object(error);
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(api.received).toHaveLength(1);
  });

  it('say that an administrator must act when the shared key is rejected', async () => {
    const error = await fails(401, { code: 'AUTHENTICATION_ERROR' });
    expect(error).toMatchObject({ whoActs: 'administrator' });
  });
});

describe('the authentication of the Linear connector', () => {
  it('needs only client id and secret for an OAuth app, and requests all scopes', () => {
    const entry = linear.auth?.types[1] ?? '';
    const secrets = { authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 's' };
    expect(getSchemaForAuthType(entry).schema.parse(secrets)).toMatchObject({
      authorizationUrl: 'https://linear.app/oauth/authorize',
      tokenUrl: 'https://api.linear.app/oauth/token',
      scope: 'read write',
    });
  });

  it('permits reads when the grant names only the scope write', () => {
    const { listTeams, getIssue } = linear.actions;
    for (const action of [listTeams, getIssue])
      expect(action?.oauthScopes).toEqual([['read', 'write']]);
  });
});

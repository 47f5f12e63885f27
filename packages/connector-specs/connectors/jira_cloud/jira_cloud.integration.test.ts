import { describe, expect, it } from 'vitest';
import type { ActionContext } from '../../contract/types.ts';
import { runAction } from '../../contract_tests/action_context.ts';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { getSchemaForAuthType } from '../../schema/index.ts';
import { jiraCloud } from './jira_cloud.ts';

const OAUTH = { authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 's' };
const BASIC = { authType: 'basic', username: 'a@example.com', password: 'dev-canary-token' };

const api = useConnector(jiraCloud, {
  secrets: BASIC,
  config: { subdomain: 'acme' },
  response: () => ({ status: 204, body: '' }),
});
const { run, sent, use } = api;
const text = (value: string) => ({ type: 'text', text: value });
const doc = (...content: object[]) => ({ type: 'doc', version: 1, content });
const paragraph = (...content: object[]) => ({ type: 'paragraph', content });

describe('the site of a Jira connector', () => {
  it('is the site of the config when the connector has a shared API token', async () => {
    await run('deleteIssue', { issueId: 'P-1' });
    expect([...api.origins]).toEqual(['https://acme.atlassian.net']);
    expect(sent()[0]?.request).toBe('DELETE /rest/api/3/issue/P-1?deleteSubtasks=false');
    const pair = Buffer.from('a@example.com:dev-canary-token').toString('base64');
    expect(api.received[0]?.headers.authorization).toBe(`Basic ${pair}`);
  });

  it('is the site that the user chose when users authorize with their own account', async () => {
    await use({ secrets: OAUTH, grant: { cloudId: 'c-1' } });
    await run('deleteIssue', { issueId: 'P-1' });
    expect([...api.origins]).toEqual(['https://api.atlassian.com']);
    expect(sent()[0]?.request).toBe(
      'DELETE /ex/jira/c-1/rest/api/3/issue/P-1?deleteSubtasks=false',
    );
  });

  it.each([
    ['no subdomain', { config: {} }],
    ['an empty subdomain', { config: { subdomain: '' } }],
    ['a host as the subdomain', { config: { subdomain: 'evil.test/' } }],
    ['no chosen site', { secrets: OAUTH }],
    ['a path as the site', { secrets: OAUTH, grant: { cloudId: '..' } }],
  ])('is required: no request is sent with %s', async (_, request) => {
    await use(request);
    const failed = run('getProject', { projectId: 'P' });
    await expect(failed).rejects.toMatchObject({ code: 'invalid_input' });
    expect(api.received).toEqual([]);
  });

  it('requires an authorization that requests a refresh token and the scopes of all actions', () => {
    const parsed = getSchemaForAuthType(jiraCloud.auth?.types[0] ?? '').schema.parse(OAUTH);
    expect(String(parsed['scope']).split(' ').sort()).toEqual([
      ...['offline_access', 'read:jira-user', 'read:jira-work', 'write:jira-work'],
    ]);
  });
});

it('getProjects returns a next page if Jira sends a page shorter than requested before the end', async () => {
  const values = [{ id: '1', key: 'A' }];
  api.response = () => ({ body: { values, total: 3 } });
  const read = (startAt: number) => run('getProjects', { maxResults: 50, startAt });
  expect(await read(0)).toMatchObject({ values, total: 3, nextCursor: 1 });
  expect(await read(2)).not.toHaveProperty('nextCursor');
});

it('getProjects returns a next page after a full page if Jira does not state the total', async () => {
  const values = ['A', 'B'].map((key) => ({ id: key, key }));
  api.response = () => ({ body: { values } });
  const read = (maxResults: number) => run('getProjects', { maxResults, startAt: 4 });
  expect(await read(2)).toMatchObject({ values, nextCursor: 6 });
  expect(await read(3)).not.toHaveProperty('nextCursor');
});

describe('requests of the Jira actions', () => {
  it.each<[string, object, string, unknown?]>([
    [
      'createIssue',
      {
        ...{ projectKey: 'P', summary: 'S', issueType: 'Task', priority: '3', labels: ['a'] },
        ...{ assigneeAccountId: 'u1', parent: 'P-1', description: 'One' },
      },
      'POST /rest/api/3/issue',
      {
        fields: {
          project: { key: 'P' },
          summary: 'S',
          issuetype: { name: 'Task' },
          priority: { id: '3' },
          labels: ['a'],
          assignee: { id: 'u1' },
          parent: { key: 'P-1' },
          description: doc(paragraph(text('One'))),
        },
      },
    ],
    [
      'updateIssue',
      { issueId: 'P-1', issueType: '10001', parent: '10' },
      'PUT /rest/api/3/issue/P-1',
      { fields: { issuetype: { id: '10001' }, parent: { id: '10' } } },
    ],
    [
      'addComment',
      { issueId: 'P-1', body: 'a' },
      'POST /rest/api/3/issue/P-1/comment',
      { body: doc(paragraph(text('a'))) },
    ],
    [
      'transitionIssue',
      { issueId: 'P-1', transitionId: '5' },
      'POST /rest/api/3/issue/P-1/transitions',
      { transition: { id: '5' } },
    ],
    [
      'assignIssue',
      { issueId: 'P-1', accountId: null },
      'PUT /rest/api/3/issue/P-1/assignee',
      { accountId: null },
    ],
    [
      'assignIssue',
      { issueId: 'P-1', accountId: '-1' },
      'PUT /rest/api/3/issue/P-1/assignee',
      { accountId: '-1' },
    ],
    [
      'linkIssues',
      { inwardIssueKey: 'P-1', outwardIssueKey: 'P-2', linkType: 'Blocks' },
      'POST /rest/api/3/issueLink',
      {
        inwardIssue: { key: 'P-1' },
        outwardIssue: { key: 'P-2' },
        type: { name: 'Blocks' },
      },
    ],
    [
      'addWatcher',
      { issueId: 'P-1', accountId: 'u1' },
      'POST /rest/api/3/issue/P-1/watchers',
      'u1',
    ],
    [
      'removeWatcher',
      { issueId: 'a/b', accountId: 'u&1' },
      'DELETE /rest/api/3/issue/a%2Fb/watchers?accountId=u%261',
    ],
  ])('%s with the input %j sends %s', async (name, input, ...[request, body]) => {
    api.response = () => ({ body: { id: '1', key: 'P-1' } });
    await run(name, input);
    expect(sent()).toEqual([{ request, ...(body === undefined ? {} : { body }) }]);
  });

  it('contain the bytes and the name of an attachment', async () => {
    api.response = () => ({ body: [{ id: '7', filename: 'a.txt', size: 3, extra: 1 }] });
    const file = Buffer.from('abc').toString('base64');
    const result = await run('addAttachment', { issueId: 'P-1', file, filename: 'a.txt' });
    expect(result).toEqual([{ id: '7', filename: 'a.txt', size: 3 }]);
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = api.received;
    expect(url).toBe('/rest/api/3/issue/P-1/attachments');
    expect(headers).toMatchObject({ 'x-atlassian-token': 'no-check' });
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(body).toContain('name="file"; filename="a.txt"');
    expect(body).toContain('\r\n\r\nabc\r\n');
  });

  it.each([
    ['createIssue', { projectKey: 'P', summary: '', issueType: 'Task' }],
    ['updateIssue', { issueId: 'P-1' }],
    ['updateIssue', { issueId: 'P-1', description: 'x'.repeat(32_768) }],
    ['addComment', { issueId: 'P-1', body: '' }],
    ['assignIssue', { issueId: 'P-1' }],
    ['addAttachment', { issueId: 'P-1', file: 'not base64!', filename: 'a' }],
    ['getIssue', { issueId: '..' }],
    ['searchUsers', { maxResults: 10 }],
    ['searchIssuesWithJql', { jql: 'a', maxResults: 101 }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(api.received).toEqual([]);
  });
});

describe('results of the Jira actions', () => {
  it.each([
    ['updateIssue', { issueId: 'P-1', summary: 's' }, { updated: true, issueId: 'P-1' }],
    ['deleteIssue', { issueId: 'P-1' }, { deleted: true, issueId: 'P-1' }],
    ['assignIssue', { issueId: 'P-1', accountId: 'u' }, { assigned: true, issueId: 'P-1' }],
    ['removeWatcher', { issueId: 'P-1', accountId: 'u' }, { removed: true, issueId: 'P-1' }],
  ])('of %s confirm that the write succeeded', async (name, input, expected) => {
    expect(await run(name, input)).toEqual(expected);
  });

  it('of a search use the field names of the API, and include the following pages on request', async () => {
    api.response = ({ body }) => ({
      body: body.includes('"t2"')
        ? { issues: [{ id: '2', key: 'P-2', expand: 'x' }], isLast: true }
        : { issues: [{ id: '1', key: 'P-1', fields: { summary: 's' } }], nextPageToken: 't2' },
    });
    const first = { id: '1', key: 'P-1', fields: { summary: 's' } };
    const jql = 'project = P';
    expect(await run('searchIssuesWithJql', { jql })).toEqual({
      issues: [first],
      nextPageToken: 't2',
    });
    expect(await run('searchIssuesWithJql', { jql, all: true })).toEqual({
      issues: [first, { id: '2', key: 'P-2' }],
    });
  });

  it('of getAttachment are the bytes from the media host, to which no credentials are sent', async () => {
    const requests: string[] = [];
    const request: ActionContext['request'] = async ({ url, onRedirect }) => {
      requests.push(String(url));
      const isContent = String(url).includes('/content/');
      if (isContent) onRedirect?.(new URL('https://api.media.atlassian.com/file/1?token=x'), 'GET');
      const data = { id: 7, filename: 'a.bin', mimeType: 'image/png', size: 2 };
      const body = isContent ? Buffer.from([0, 255]) : Buffer.from(JSON.stringify(data));
      return { status: 200, statusText: '', headers: {}, body, data, url: String(url) };
    };
    const context = { ...api.context, request };
    const call = { name: 'getAttachment', input: { attachmentId: '7' } };
    expect(await runAction(jiraCloud, context, call)).toEqual({
      id: '7',
      name: 'a.bin',
      mimeType: 'image/png',
      size: '2',
      content: 'AP8=',
      encoding: 'base64',
    });
    expect(requests).toEqual([
      'https://acme.atlassian.net/rest/api/3/attachment/7',
      'https://acme.atlassian.net/rest/api/3/attachment/content/7',
    ]);
  });
});

it.each(['https://other.atlassian.com/file/1', 'https://media.atlassian.com.test/file/1'])(
  'getAttachment follows no redirect to %s',
  async (location) => {
    api.response = ({ url }) =>
      url.includes('/content/') ? { status: 302, headers: { location } } : { body: { id: 7 } };
    await expect(run('getAttachment', { attachmentId: '7' })).rejects.toThrow(
      'redirected to another host',
    );
  },
);

describe('errors of the Jira actions', () => {
  const fails = (status: number, body: object, headers = {}) => {
    api.response = () => ({ status, body, headers });
    return run('createIssue', { projectKey: 'P', summary: 'S', issueType: 'Task' }).catch(
      (error: unknown) => error,
    );
  };

  it('name the fields that Jira refuses', async () => {
    const body = { errorMessages: [], errors: { summary: 'You must specify a summary.' } };
    expect(await fails(400, body, { 'atl-traceid': 't1' })).toMatchObject({
      message: 'Jira API error (400): summary: You must specify a summary. [request t1]',
      whoActs: 'user',
    });
  });

  it('contain the message of Jira', async () => {
    const body = { errorMessages: ['Issue does not exist'], errors: {} };
    expect(await fails(404, body)).toMatchObject({ vendorMessage: 'Issue does not exist' });
  });

  it.each([
    ['updateIssue', { issueId: 'P-1', summary: 's' }, 3],
    ['assignIssue', { issueId: 'P-1', accountId: 'u' }, 3],
    ['addWatcher', { issueId: 'P-1', accountId: 'u' }, 3],
    ['removeWatcher', { issueId: 'P-1', accountId: 'u' }, 3],
    ['transitionIssue', { issueId: 'P-1', transitionId: '5' }, 1],
    ['addComment', { issueId: 'P-1', body: 'a' }, 1],
  ])(
    'of %s cause a retry only if repeating the request changes nothing',
    async (name, input, calls) => {
      api.response = () => ({ status: 503 });
      await expect(run(name, input)).rejects.toMatchObject({ status: 503 });
      expect(api.received).toHaveLength(calls);
    },
  );

  it('state the wait after a rate limit, and cause no repetition of writes', async () => {
    expect(await fails(429, {}, { 'retry-after': '30' })).toMatchObject({
      isRateLimit: true,
      retryAfterMs: 30_000,
      whoActs: 'nobody',
    });
    expect(api.received).toHaveLength(1);
  });
});

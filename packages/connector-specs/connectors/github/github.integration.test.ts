import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { github } from './github.ts';

const api = useConnector(github, {
  secrets: { authType: 'bearer', token: 'dev-canary-token' },
});

const run = (name: string, input: object) =>
  api.run(name, { owner: 'acme', repo: 'shop', ...input });

const entry = { type: 'file', name: 'plan', path: 'docs/plan', sha: 'a1' };

describe('the GitHub action getFileContents', () => {
  it.each([
    ['text for UTF-8', Buffer.from('Grüße'), { content: 'Grüße', encoding: 'utf-8' }],
    ['base64 for other bytes', Buffer.from([0xff, 0]), { content: '/wA=', encoding: 'base64' }],
    ['an empty text for an empty file', Buffer.from(''), { content: '', encoding: 'utf-8' }],
  ])('returns %s', async (_, bytes, content) => {
    // GitHub adds line breaks to base64.
    const body = { ...entry, encoding: 'base64', content: `${bytes.toString('base64')}\n` };
    api.response = () => ({ body });
    expect(await run('getFileContents', { path: 'docs/plan' })).toEqual({ ...entry, ...content });
  });

  it.each([
    ['a folder', { ...entry, type: 'dir', entries: [entry] }],
    ['a file that is too large for a response', { ...entry, encoding: 'none', content: '' }],
  ])('returns %s unchanged', async (_, body) => {
    api.response = () => ({ body });
    expect(await run('getFileContents', { path: 'docs/plan' })).toEqual(body);
  });
});

it.each([
  ['getFileContents', {}, entry],
  ['createOrUpdateFile', { message: 'm', content: 'YQ==' }, { commit: { sha: 'a1' } }],
])('%s keeps the slashes of a path and encodes its segments', async (name, input, body) => {
  api.response = () => ({ body });
  await run(name, { path: 'docs/a b/c?.md', ...input });
  expect(api.sent()[0]?.request).toContain(' /repos/acme/shop/contents/docs/a%20b/c%3F.md');
});

it('the error of a GitHub action names the refused field and the reason', async () => {
  const custom = { resource: 'Issue', field: 'body', code: 'custom', message: 'body is too long' };
  const errors = [{ resource: 'Issue', field: 'title', code: 'missing_field' }, custom];
  api.response = () => ({ status: 422, body: { message: 'Validation Failed', errors } });
  await expect(run('createIssue', { title: 'x' })).rejects.toMatchObject({
    message:
      'GitHub API error (422): missing_field: Validation Failed (title: missing_field; body is too long)',
    whoActs: 'user',
  });
});

it('searchIssues returns no next page after the last result that GitHub makes available', async () => {
  api.response = () => ({
    body: { total_count: 5_000, items: [{ number: 1, title: 'a', state: 'open' }] },
  });
  const search = (page: number) => api.run('searchIssues', { query: 'x', perPage: 100, page });
  expect(await search(9)).toMatchObject({ nextCursor: 10 });
  const last = await search(10);
  expect(last).toMatchObject({ notice: expect.stringContaining('1000') });
  expect(last).not.toHaveProperty('nextCursor');
});

it('searchCode says that GitHub ended a search before it had found everything', async () => {
  api.response = () => ({ body: { total_count: 1, incomplete_results: true, items: [] } });
  expect(await api.run('searchCode', { query: 'x' })).toMatchObject({
    notice: expect.stringContaining('left out'),
  });
});

it.each([
  ['searchIssues', 'crash', 'crash is:issue'],
  ['searchIssues', 'label:bug OR label:crash', '(label:bug OR label:crash) is:issue'],
  ['searchPullRequests', 'author:ana OR author:ben', '(author:ana OR author:ben) is:pr'],
])('%s finds only objects of its kind for the text %s', async (name, query, sent) => {
  api.response = () => ({ body: { total_count: 0, items: [] } });
  await api.run(name, { query });
  const { searchParams } = new URL(api.received[0]?.url ?? '', 'https://api.github.com');
  expect(searchParams.get('q')).toBe(sent);
});

it.each([
  ['updateIssue', { issueNumber: 7 }],
  ['updatePullRequest', { pullNumber: 7 }],
  ['requestReviewers', { pullNumber: 7 }],
])('%s refuses an input without a change', async (name, input) => {
  await expect(run(name, input)).rejects.toThrow('at least one of');
  expect(api.received).toEqual([]);
});

it('createBranch refuses a reference without a name', async () => {
  await expect(run('createBranch', { ref: 'refs/heads/', sha: 'a1' })).rejects.toThrow();
  expect(api.received).toEqual([]);
});

import { createConnector, type Reachable, type TestUser } from '@latchkey/test-environment';
import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';
import { connectAtEmulator, settingsWithEmulator } from '../support/vendor_emulator.ts';

// The tests run against a copy of GitHub's API that keeps state and that others maintain. The copy
// has no expiring tokens and no PKCE, and it returns folders only as lists. It has the operations
// of workflows, but no way to create one, so that triggerWorkflow cannot run.
const GITHUB = ['https://github.com', 'https://api.github.com'];
const shop = { owner: 'ana', repo: 'shop' };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      github: {
        users: [{ login: 'ana' }, { login: 'ben' }],
        repos: [
          { owner: 'ana', name: 'shop', auto_init: true },
          { owner: 'ben', name: 'blog', auto_init: true, private: true },
        ],
      },
    },
  });
});
afterAll(() => emulator.close());

describe('GitHub through an OAuth app', () => {
  const environment = startBeforeAll({
    providerSettings: settingsWithEmulator(GITHUB, () => emulator.url),
  });
  let connector: string;
  beforeAll(async () => {
    connector = await createConnector(environment.admin, environment.first, {
      name: 'GitHub',
      connector_type_id: '.github',
      secrets: {
        authType: 'oauth_authorization_code',
        clientId: 'development-client',
        clientSecret: 'development-secret',
      },
    });
  });

  const connect = (user: TestUser, server: Reachable) =>
    connectAtEmulator(user, server, { connector, formText: `value="${user.account}"` });

  const run = async (user: TestUser, subAction: string, subActionParams: unknown) =>
    user.execute(environment.first, connector, { subAction, subActionParams });

  const data = async (user: TestUser, subAction: string, input: unknown) => {
    const result = await run(user, subAction, input);
    if (result.status !== 'ok') throw new Error(`${subAction}: ${JSON.stringify(result)}`);
    return result.data;
  };

  it('connects two users, each with their own account', async () => {
    const { ana, ben, first } = environment;
    for (const user of [ana, ben]) {
      expect((await connect(user, first)).status).toBeLessThan(400);
      expect(await user.status(first, connector)).toMatchObject({ account: user.account });
      expect(await data(user, 'getMe', {})).toMatchObject({ login: user.account });
    }
  });

  it('creates, changes, finds and lists issues', async () => {
    const { ana } = environment;
    for (const title of ['Crash', 'Typo', 'Idea']) {
      expect(await data(ana, 'createIssue', { ...shop, title })).toMatchObject({ title });
    }
    const one = { ...shop, issueNumber: 1 };
    await data(ana, 'addIssueComment', { ...one, body: 'Seen by two users.' });
    await data(ana, 'addLabels', { ...one, labels: ['bug'] });
    await data(ana, 'addAssignee', { ...one, assignees: ['ana'] });
    await data(ana, 'updateIssue', { ...one, title: 'Crash at start' });
    expect(await data(ana, 'getIssue', one)).toMatchObject({
      title: 'Crash at start',
      labels: [{ name: 'bug' }],
      assignees: [{ login: 'ana' }],
      comments: 1,
    });
    expect(await data(ana, 'getIssueComments', one)).toMatchObject({
      items: [{ body: 'Seen by two users.' }],
    });
    expect(await data(ana, 'listIssues', { ...shop, first: 2, after: '2' })).toEqual({
      items: [expect.objectContaining({ title: 'Crash at start' })],
    });
    const titles = [{ title: 'Idea' }, { title: 'Typo' }, { title: 'Crash at start' }];
    expect(await data(ana, 'listIssues', shop)).toMatchObject({ items: titles });
    expect(await data(ana, 'searchIssues', { query: 'repo:ana/shop Typo' })).toMatchObject({
      items: [{ title: 'Typo' }],
      total: 1,
    });
  });

  it('refuses a link to the next page that has a different host than the API', async () => {
    // The links in the emulator's responses have the emulator's own origin.
    const { ana } = environment;
    expect(await run(ana, 'listIssues', { ...shop, first: 2, all: true })).toMatchObject({
      status: 'error',
      message: 'the response of GitHub API links to another host',
    });
  });

  it('changes a file on a branch and merges it by a pull request', async () => {
    const { ana } = environment;
    const branches = z.object({
      items: z.array(z.object({ commit: z.object({ sha: z.string() }) })),
    });
    const [main] = branches.parse(await data(ana, 'listBranches', shop)).items;
    await data(ana, 'createBranch', { ...shop, ref: 'refs/heads/fix', sha: main?.commit.sha });
    const file = { ...shop, path: 'docs/a b.md' };
    const content = Buffer.from('Fixed.').toString('base64');
    await data(ana, 'createOrUpdateFile', { ...file, message: 'Fix', content, branch: 'fix' });
    expect(await data(ana, 'getFileContents', { ...file, ref: 'fix' })).toMatchObject({
      path: 'docs/a b.md',
      content: 'Fixed.',
      encoding: 'utf-8',
    });
    const pull = { title: 'Fix', head: 'fix', base: 'main' };
    const created = await data(ana, 'createPullRequest', { ...shop, ...pull });
    const { number: pullNumber } = z.object({ number: z.number() }).parse(created);
    const one = { ...shop, pullNumber };
    await data(ana, 'requestReviewers', { ...one, reviewers: ['ben'] });
    await data(ana, 'updatePullRequest', { ...one, title: 'Fix the text' });
    for (const method of ['get_diff', 'get_review_comments']) {
      await data(ana, 'pullRequestRead', { ...one, method });
    }
    await data(ana, 'mergePullRequest', { ...one, mergeMethod: 'squash' });
    expect(await data(ana, 'pullRequestRead', one)).toMatchObject({
      title: 'Fix the text',
      merged: true,
    });
    expect(await data(ana, 'listPullRequests', { ...shop, state: 'all' })).toMatchObject({
      items: [{ title: 'Fix the text' }],
    });
    expect(await data(ana, 'listCommits', shop)).toMatchObject({ items: expect.any(Array) });
    await data(ana, 'getCommit', { ...shop, sha: main?.commit.sha });
    for (const list of ['listTags', 'listReleases']) await data(ana, list, shop);
    const query = { query: 'shop' };
    for (const search of ['searchCode', 'searchRepositories', 'searchPullRequests']) {
      await data(ana, search, query);
    }
    expect(await data(ana, 'searchUsers', { query: 'ben' })).toMatchObject({
      items: [{ login: 'ben' }],
    });
  });

  it('tells a user who lacks access, or who requests something that does not exist, to change the call', async () => {
    const { ana } = environment;
    expect(await run(ana, 'listIssues', { owner: 'ben', repo: 'blog' })).toMatchObject({
      status: 'error',
      message: 'GitHub API error (403): Forbidden',
      retry: false,
      errorSource: 'user',
    });
    expect(await run(ana, 'getLatestRelease', shop)).toMatchObject({
      status: 'error',
      message: 'GitHub API error (404): Not Found',
      retry: false,
    });
  });

  it('disconnects one user and keeps the other connected', async () => {
    const { ana, ben, first } = environment;
    expect((await ana.disconnect(first, connector)).status).toBe(204);
    expect(await run(ana, 'getMe', {})).toMatchObject({ authorization_reason: 'no_token' });
    expect(await data(ben, 'getMe', {})).toMatchObject({ login: 'ben' });
  });
});

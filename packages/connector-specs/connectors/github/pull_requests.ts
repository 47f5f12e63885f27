import { z } from 'zod';
import { number, text, textOf } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import {
  body,
  comment,
  fullPullRequest,
  listPage,
  listPaging,
  pullRequest,
  pullRequestOf,
  READ_SCOPES,
  REPO_SCOPE,
  ref,
  repository,
  state,
  title,
} from './fields.ts';
import { operation } from './github_api.ts';

const PULL_REQUEST = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
const logins = () => z.array(textOf(200)).min(1).max(100);

const maintainerCanModify = () =>
  z.boolean().optional().describe('true: maintainers of the base may push to the head branch');

const reading = {
  scope: 'read',
  description: 'Reads a pull request.',
  input: pullRequestOf,
  ...READ_SCOPES,
} as const;

const getPullRequest = operation(PULL_REQUEST, { ...reading, output: fullPullRequest });

const getDiff = operation(PULL_REQUEST, {
  ...reading,
  fixed: { headers: { Accept: 'application/vnd.github.diff' } },
  response: 'text',
  output: z.string(),
});

const getReviewComments = operation(`${PULL_REQUEST}/comments`, {
  ...reading,
  input: { ...pullRequestOf, ...listPage },
  ...listPaging,
  output: comment.extend({ path: text(), line: number(), diff_hunk: text() }),
});

/** Operations of {@link pullRequestRead}, for the test against GitHub's description. */
export const readPullRequest = { getPullRequest, getDiff, getReviewComments };

/** Actions for pull requests. */
export const pullRequestActions = {
  listPullRequests: operation('GET /repos/{owner}/{repo}/pulls', {
    description:
      'Lists pull requests of one repository, the newest first. Use searchPullRequests to find them by text.',
    input: { ...repository, state: state(), ...listPage },
    ...listPaging,
    output: pullRequest,
    ...READ_SCOPES,
  }),
  pullRequestRead: defineAction({
    input: z.strictObject({
      ...pullRequestOf,
      method: z
        .enum(['get', 'get_diff', 'get_review_comments'])
        .default('get')
        .describe('What to read: the pull request, its diff, or the comments on its lines'),
    }),
    isTool: true,
    scope: 'read',
    ...READ_SCOPES,
    output: z.union([
      z.object({ diff: z.string() }),
      getReviewComments.output,
      getPullRequest.output,
    ]),
    description:
      'Reads one pull request. get returns its facts; get_diff returns { diff }, its changes in text form; get_review_comments returns { items }, up to 1000 comments on changed lines. GitHub refuses diffs of more than 20,000 lines.',
    handler: async (context, { method, ...input }) => {
      if (method === 'get_diff') return { diff: await getDiff.call(context, input) };
      return method === 'get'
        ? getPullRequest.call(context, input)
        : getReviewComments.call(context, { ...input, first: 100, all: true });
    },
  }),
  createPullRequest: operation('POST /repos/{owner}/{repo}/pulls', {
    scope: 'write',
    description:
      'Opens a pull request that asks to merge the branch head into base, and returns it with its number. For a fork, head is "owner:branch".',
    input: {
      ...repository,
      title: title(),
      head: ref().describe('Branch with the changes'),
      base: ref().describe('Branch that the changes are merged into'),
      body: body().optional(),
      draft: z.boolean().optional().describe('true: open it as a draft'),
      maintainerCanModify: maintainerCanModify(),
    },
    output: fullPullRequest,
    oauthScopes: REPO_SCOPE,
  }),
  updatePullRequest: operation('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    scope: 'destroy',
    description:
      'Changes title, text, state or base of a pull request and returns it. Only the given fields change.',
    input: {
      ...pullRequestOf,
      title: title().optional(),
      body: body().optional(),
      state: z.enum(['open', 'closed']).optional().describe('New state'),
      base: ref().optional().describe('Branch that the changes are merged into'),
      maintainerCanModify: maintainerCanModify(),
    },
    atLeastOneOf: 'optional',
    isRepeatable: true,
    output: fullPullRequest,
    oauthScopes: REPO_SCOPE,
  }),
  requestReviewers: operation(
    'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    {
      scope: 'write',
      description: 'Asks users or teams to review a pull request and returns it. Notifies them.',
      input: {
        ...pullRequestOf,
        reviewers: logins().optional().describe('Logins of users'),
        teamReviewers: logins().optional().describe('Slugs of teams'),
      },
      atLeastOneOf: 'optional',
      output: pullRequest,
      oauthScopes: REPO_SCOPE,
    },
  ),
  mergePullRequest: operation('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
    scope: 'destroy',
    description:
      'Merges a pull request into its base branch and returns the SHA of the commit. Fails if checks or reviews that the repository requires are missing, or if there are conflicts.',
    input: {
      ...pullRequestOf,
      mergeMethod: z.enum(['merge', 'squash', 'rebase']).default('merge').describe('Way to merge'),
      commitTitle: z.string().max(1_024).optional().describe('Title of the merge commit'),
      commitMessage: z.string().max(65_536).optional().describe('Text of the merge commit'),
    },
    output: z.object({ sha: z.string(), merged: z.boolean(), message: z.string() }),
    oauthScopes: REPO_SCOPE,
  }),
};

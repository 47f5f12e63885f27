import { z } from 'zod';
import { composed, number, option, optionalText, text, textOf } from '../../operations/index.ts';
import * as fields from './fields.ts';
import { operation } from './github_api.ts';

const PULL_REQUEST = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
const logins = () => z.array(textOf(200)).min(1).max(100);

const maintainerCanModify = () =>
  option('true: maintainers of the base may push to the head branch');

const getPullRequest = operation(PULL_REQUEST, {
  input: fields.pullRequestOf,
  output: fields.fullPullRequest,
});
const getDiff = operation(PULL_REQUEST, {
  input: fields.pullRequestOf,
  fixed: { headers: { Accept: 'application/vnd.github.diff' } },
  response: 'text',
  output: z.string(),
});
const getReviewComments = operation(`${PULL_REQUEST}/comments`, {
  input: { ...fields.pullRequestOf, ...fields.listPage },
  ...fields.listPaging,
  output: fields.comment.extend({ path: text(), line: number(), diff_hunk: text() }),
});

/** Actions for pull requests. */
export const pullRequestActions = {
  listPullRequests: operation('GET /repos/{owner}/{repo}/pulls', {
    description:
      'Lists pull requests of one repository, the newest first. Use searchPullRequests to find them by text.',
    input: { ...fields.repository, state: fields.state(), ...fields.listPage },
    ...fields.listPaging,
    output: fields.pullRequest,
  }),
  pullRequestRead: composed([getPullRequest, getDiff, getReviewComments], {
    description:
      'Reads one pull request. get returns its facts; get_diff returns { diff }, its changes in text form; get_review_comments returns { items }, up to 1000 comments on changed lines. GitHub refuses diffs of more than 20,000 lines.',
    input: getPullRequest.input.extend({
      method: z
        .enum(['get', 'get_diff', 'get_review_comments'])
        .default('get')
        .describe('What to read: the pull request, its diff, or the comments on its lines'),
    }),
    output: z.union([
      z.object({ diff: z.string() }),
      getReviewComments.output,
      getPullRequest.output,
    ]),
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
      ...fields.repository,
      title: fields.title(),
      head: fields.ref().describe('Branch with the changes'),
      base: fields.ref().describe('Branch that the changes are merged into'),
      body: fields.body().optional(),
      draft: option('true: open it as a draft'),
      maintainerCanModify: maintainerCanModify(),
    },
    output: fields.fullPullRequest,
  }),
  updatePullRequest: operation('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    description:
      'Changes title, text, state or base of a pull request and returns it. Only the given fields change.',
    input: {
      ...fields.pullRequestOf,
      title: fields.title().optional(),
      body: fields.body().optional(),
      state: z.enum(['open', 'closed']).optional().describe('New state'),
      base: fields.ref().optional().describe('Branch that the changes are merged into'),
      maintainerCanModify: maintainerCanModify(),
    },
    atLeastOneOf: 'optional',
    isRepeatable: true,
    output: fields.fullPullRequest,
  }),
  requestReviewers: operation(
    'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    {
      scope: 'write',
      description: 'Asks users or teams to review a pull request and returns it. Notifies them.',
      input: {
        ...fields.pullRequestOf,
        reviewers: logins().optional().describe('Logins of users'),
        teamReviewers: logins().optional().describe('Slugs of teams'),
      },
      atLeastOneOf: 'optional',
      output: fields.pullRequest,
    },
  ),
  mergePullRequest: operation('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
    isRepeatable: false,
    description:
      'Merges a pull request into its base branch and returns the SHA of the commit. Fails if checks or reviews that the repository requires are missing, or if there are conflicts.',
    input: {
      ...fields.pullRequestOf,
      mergeMethod: z.enum(['merge', 'squash', 'rebase']).default('merge').describe('Way to merge'),
      commitTitle: optionalText(1_024).describe('Title of the merge commit'),
      commitMessage: optionalText(65_536).describe('Text of the merge commit'),
    },
    output: z.object({ sha: z.string(), merged: z.boolean(), message: z.string() }),
  }),
};

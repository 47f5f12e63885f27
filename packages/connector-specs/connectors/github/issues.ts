import { z } from 'zod';
import { textOf } from '../../operations/index.ts';
import * as fields from './fields.ts';
import { operation } from './github_api.ts';

const labels = () => z.array(textOf(200)).max(100).describe('Names of labels');
const assignees = () => z.array(textOf(200)).max(10).describe('Logins of the assignees, max 10');
const milestone = () => z.int().min(1).describe('Number of the milestone');

/** Actions for issues. */
export const issueActions = {
  listIssues: operation('GET /repos/{owner}/{repo}/issues', {
    description:
      'Lists issues of one repository, without pull requests, the newest first. A page may have fewer items than asked for. Use searchIssues to find issues by text.',
    input: { ...fields.repository, state: fields.state(), ...fields.listPage },
    ...fields.listPaging,
    pages: {
      ...fields.listPaging.pages,
      // The link of a long list has both parameters, and GitHub returns 422 for late pages without
      // `after`.
      parameter: ['after', 'page'],
      // GitHub lists pull requests as issues, which this action leaves out.
      without: 'pull_request',
    },
    output: fields.issue,
  }),
  getIssue: operation('GET /repos/{owner}/{repo}/issues/{issue_number}', {
    description:
      'Reads one issue of a repository with its text, labels and assignees. Use getIssueComments for its comments.',
    input: fields.issueOf,
    output: fields.issue,
  }),
  getIssueComments: operation('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    description: 'Lists the comments of an issue or a pull request, the oldest first.',
    input: { ...fields.issueOf, ...fields.listPage },
    ...fields.listPaging,
    output: fields.comment,
  }),
  createIssue: operation('POST /repos/{owner}/{repo}/issues', {
    scope: 'write',
    description:
      'Creates an issue and returns it with its number. Notifies the watchers of the repository. Labels, assignees and milestone need write access; GitHub ignores them otherwise.',
    input: {
      ...fields.repository,
      title: fields.title(),
      body: fields.body().optional(),
      assignees: assignees().optional(),
      labels: labels().optional(),
      milestone: milestone().optional(),
    },
    output: fields.issue,
  }),
  updateIssue: operation('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    description:
      'Changes an issue, for example closes it, and returns it. Labels and assignees replace the existing ones. Only the given fields change; null removes the milestone.',
    input: {
      ...fields.issueOf,
      title: fields.title().optional(),
      body: fields.body().optional(),
      state: z.enum(['open', 'closed']).optional().describe('New state'),
      assignees: assignees().optional(),
      labels: labels().optional(),
      milestone: milestone().nullable().optional(),
    },
    atLeastOneOf: 'optional',
    isRepeatable: true,
    output: fields.issue,
  }),
  addIssueComment: operation('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    scope: 'write',
    description:
      'Adds a comment to an issue or a pull request and returns it. Notifies its participants.',
    input: { ...fields.issueOf, body: fields.body().min(1) },
    output: fields.comment,
  }),
  addLabels: operation('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
    scope: 'write',
    description:
      'Adds labels to an issue or a pull request and keeps the existing ones. Creates labels that do not exist. Returns all labels of the issue.',
    input: { ...fields.issueOf, labels: labels().min(1) },
    isRepeatable: true,
    output: z.array(fields.label),
  }),
  addAssignee: operation('POST /repos/{owner}/{repo}/issues/{issue_number}/assignees', {
    scope: 'write',
    description:
      'Assigns up to 10 users to an issue or a pull request, keeps the existing ones and returns the issue. GitHub ignores users without access to the repository.',
    input: { ...fields.issueOf, assignees: assignees().min(1) },
    isRepeatable: true,
    output: fields.issue,
  }),
};

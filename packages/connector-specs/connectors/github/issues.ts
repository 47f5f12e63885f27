import { z } from 'zod';
import { issue, issueNumber, listPage, listPaging, REPO_SCOPE, repository } from './fields.ts';
import { operation } from './github_api.ts';

export const listIssues = operation('GET /repos/{owner}/{repo}/issues', {
  scope: 'read',
  description:
    'Lists issues of one repository, the newest first, one page at a time. Use searchIssues to find issues by text.',
  input: {
    ...repository,
    state: z.enum(['open', 'closed', 'all']).default('open').describe('State of the issues'),
    ...listPage,
  },
  ...listPaging,
  output: issue,
  oauthScopes: REPO_SCOPE,
});

export const getIssue = operation('GET /repos/{owner}/{repo}/issues/{issue_number}', {
  scope: 'read',
  description: 'Reads one issue of a repository with its text, labels and assignees.',
  input: { ...repository, issueNumber: issueNumber() },
  output: issue,
  oauthScopes: REPO_SCOPE,
});

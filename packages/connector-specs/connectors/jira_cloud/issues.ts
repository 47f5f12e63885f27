import { z } from 'zod';
import {
  confirmed,
  flags,
  object,
  pageCursor,
  pageSize,
  textOf,
  texts,
} from '../../operations/index.ts';
import { plainText } from './document.ts';
import * as fields from './fields.ts';
import { id, operation } from './jira_api.ts';

/** Names of the fields that a search returns of an issue by default. */
const FIELDS =
  'summary status issuetype priority assignee reporter labels project parent created updated duedate resolution';

const transition = z.object({
  ...texts('id', 'name'),
  ...flags('isAvailable', 'hasScreen'),
  to: object(texts('id', 'name')),
});

/** Actions for issues. */
export const issueActions = {
  searchIssuesWithJql: operation('POST /rest/api/3/search/jql', {
    isQuery: true,
    description:
      'Finds issues by JQL, for example: project = PROJ AND status = "In Progress" ORDER BY updated DESC. The query needs a limit such as a project, a user or a date; Jira refuses one without. Returns key, summary, status, type, priority, assignee and times of each issue. Use getIssue for all fields.',
    input: {
      jql: textOf(10_000).describe('Query in JQL'),
      maxResults: pageSize('Issues', { max: 100, byDefault: 50 }),
      nextPageToken: pageCursor(4_096, 'nextPageToken'),
    },
    fixed: { body: { fields: FIELDS.split(' ') } },
    output: fields.issue,
    pages: {
      next: 'cursor',
      cursor: 'nextPageToken',
      path: 'nextPageToken',
      items: 'issues',
      isListOptional: true,
      names: { items: 'issues', nextCursor: 'nextPageToken' },
    },
  }),
  getIssue: operation('GET /rest/api/3/issue/{issueId}', {
    description:
      'Reads one issue with all its fields, comments and attachments included. Texts are in the Atlassian Document Format. Fails with 404 also if the user may not see the issue.',
    input: fields.issueOf,
    output: fields.issue,
  }),
  getTransitions: operation('GET /rest/api/3/issue/{issueId}/transitions', {
    description:
      'Lists the transitions that the user can carry out on an issue in its present status, with the status that each leads to. transitionIssue needs their ids.',
    input: fields.issueOf,
    output: z.object({ transitions: z.array(transition).default([]) }),
  }),
  createIssue: operation('POST /rest/api/3/issue', {
    scope: 'write',
    description:
      'Creates an issue and notifies its watchers. Returns its id and key. Use getIssueTypes and getCreateMetadata to find out which types and fields the project permits.',
    input: {
      projectKey: id().describe('Key of the project, not its id, for example "PROJ"'),
      ...fields.optionalFields,
      summary: fields.issueFields.summary,
      issueType: fields.issueFields.issueType,
    },
    wire: { projectKey: 'fields.project.key', ...fields.ISSUE_FIELDS },
    output: z.object(texts('id', 'key', 'self')),
  }),
  updateIssue: operation('PUT /rest/api/3/issue/{issueId}', {
    scope: 'destroy',
    description:
      'Changes fields of an issue. Only the given fields change; labels replace the present ones. Does not change the status: use transitionIssue. Returns { updated, issueId }.',
    input: { ...fields.issueOf, ...fields.optionalFields },
    wire: fields.ISSUE_FIELDS,
    atLeastOneOf: 'optional',
    isRepeatable: true,
    ...confirmed('updated', 'issueId'),
  }),
  deleteIssue: operation('DELETE /rest/api/3/issue/{issueId}', {
    scope: 'destroy',
    isTool: false,
    description:
      'Deletes an issue with its comments and attachments. This cannot be undone. Fails if the issue has subtasks, unless deleteSubtasks is true. Returns { deleted, issueId }.',
    input: {
      ...fields.issueOf,
      deleteSubtasks: z.boolean().default(false).describe('true: also deletes its subtasks'),
    },
    isRepeatable: true,
    ...confirmed('deleted', 'issueId'),
  }),
  addComment: operation('POST /rest/api/3/issue/{issueId}/comment', {
    scope: 'write',
    description: 'Adds a comment to an issue and notifies its watchers. Returns the comment.',
    input: {
      ...fields.issueOf,
      body: plainText(1).describe('Comment as plain text. An empty line starts a paragraph'),
    },
    output: fields.comment,
  }),
  transitionIssue: operation('POST /rest/api/3/issue/{issueId}/transitions', {
    scope: 'destroy',
    description:
      'Carries out a transition, which changes the status of an issue. Use getTransitions to find the id. Fails if the transition needs fields that are not set. Returns { transitioned, issueId, transitionId }.',
    input: { ...fields.issueOf, transitionId: id().describe('Id of the transition') },
    wire: { transitionId: 'transition.id' },
    ...confirmed('transitioned', 'issueId', 'transitionId'),
  }),
  assignIssue: operation('PUT /rest/api/3/issue/{issueId}/assignee', {
    scope: 'destroy',
    description:
      'Assigns an issue to a user, to the default assignee of the project, or to nobody, instead of its present assignee. Returns { assigned, issueId }.',
    input: {
      ...fields.issueOf,
      accountId: fields
        .accountId()
        .nullable()
        .describe('Account id of the user. "-1": the default assignee; null: nobody'),
    },
    isRepeatable: true,
    ...confirmed('assigned', 'issueId'),
  }),
  linkIssues: operation('POST /rest/api/3/issueLink', {
    scope: 'write',
    description:
      'Links two issues. With the type "Blocks", the outward issue is blocked by the inward issue. Returns { linked, inwardIssueKey, outwardIssueKey }.',
    input: {
      inwardIssueKey: id().describe('Key of the issue that the link starts at'),
      outwardIssueKey: id().describe('Key of the issue that the link leads to'),
      linkType: id().describe('Name of the link type, for example "Blocks" or "Relates"'),
    },
    wire: {
      inwardIssueKey: 'inwardIssue.key',
      outwardIssueKey: 'outwardIssue.key',
      linkType: 'type.name',
    },
    ...confirmed('linked', 'inwardIssueKey', 'outwardIssueKey'),
  }),
  addWatcher: operation('POST /rest/api/3/issue/{issueId}/watchers', {
    scope: 'write',
    description:
      'Makes a user a watcher of an issue, who is notified of its changes. Returns { added, issueId }.',
    input: { ...fields.issueOf, accountId: fields.accountId() },
    wholeBody: 'accountId',
    isRepeatable: true,
    ...confirmed('added', 'issueId'),
  }),
  removeWatcher: operation('DELETE /rest/api/3/issue/{issueId}/watchers', {
    scope: 'destroy',
    description: 'Removes a watcher of an issue. Returns { removed, issueId }.',
    input: { ...fields.issueOf, accountId: fields.accountId() },
    wire: { accountId: { in: 'query' } },
    isRepeatable: true,
    ...confirmed('removed', 'issueId'),
  }),
};

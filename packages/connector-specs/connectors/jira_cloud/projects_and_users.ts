import { z } from 'zod';
import {
  flags,
  numbers,
  object,
  objects,
  optionalText,
  pageSize,
  skipped,
  texts,
} from '../../operations/index.ts';
import { id, operation, projectKey, user } from './jira_api.ts';

const project = z.object({
  ...texts('id', 'key', 'name', 'description', 'projectTypeKey'),
  ...flags('isPrivate'),
  lead: user.nullish(),
});

const issueType = z.object({ ...texts('id', 'name', 'description'), ...flags('subtask') });
const field = z.object({
  ...texts('fieldId', 'key', 'name'),
  ...flags('required', 'hasDefaultValue'),
  schema: object(texts('type', 'items', 'system')),
  allowedValues: z.array(z.unknown()).nullish(),
});

/** Operation of the connection test. */
export const getMyself = operation('GET /rest/api/3/myself', {
  description: 'Reads the account of the credentials.',
  input: {},
  output: user,
  oauthScopes: ['read:jira-user'],
});

/** Actions for projects and users. */
export const projectActions = {
  getProjects: operation('GET /rest/api/3/project/search', {
    description:
      'Lists the projects that the user can see, or those whose key or name contains a text, with their ids and keys.',
    input: {
      query: optionalText(255).describe('Part of the key or the name'),
      maxResults: pageSize('Projects', { max: 100, byDefault: 50 }),
      startAt: skipped('projects'),
    },
    output: project,
    pages: {
      next: 'offset',
      cursor: 'startAt',
      size: 'maxResults',
      items: 'values',
      isListOptional: true,
      total: 'total',
      names: { items: 'values' },
    },
  }),
  getProject: operation('GET /rest/api/3/project/{projectId}', {
    description: 'Reads one project with its lead, issue types, components and versions.',
    input: { projectId: projectKey() },
    output: project.extend({
      issueTypes: z.array(issueType).nullish(),
      components: objects(texts('id', 'name')),
      versions: objects({ ...texts('id', 'name'), ...flags('released') }),
    }),
  }),
  getIssueTypes: operation('GET /rest/api/3/issue/createmeta/{projectKey}/issuetypes', {
    description:
      'Lists the types of the issues that the user can create in a project. createIssue needs a name or id, getCreateMetadata an id. Returns the first 200; total is the number of all.',
    input: { projectKey: projectKey() },
    fixed: { query: { maxResults: 200 } },
    output: z.object({ issueTypes: z.array(issueType).default([]), ...numbers('total') }),
  }),
  getCreateMetadata: operation(
    'GET /rest/api/3/issue/createmeta/{projectKey}/issuetypes/{issueTypeId}',
    {
      description:
        'Lists the fields of a new issue of one type in a project: name, whether it is required, and permitted values. Use it before createIssue. Returns the first 200 fields; total is the number of all.',
      input: {
        projectKey: projectKey(),
        issueTypeId: id().describe('Id of the issue type, see getIssueTypes'),
      },
      fixed: { query: { maxResults: 200 } },
      output: z.object({ fields: z.array(field).default([]), ...numbers('total') }),
    },
  ),
  searchUsers: operation('GET /rest/api/3/user/search', {
    description:
      'Finds users by name or email address and returns their account ids, which other actions need. Needs query, username, accountId or property. A page may have fewer users than maxResults and not be the last; increase startAt by maxResults for the next one. Jira searches among the first 1000 users.',
    input: {
      query: optionalText(255).describe('Part of the name or the email address'),
      username: optionalText(255).describe('No longer supported by Jira: use query'),
      accountId: optionalText(128).describe('Account id of one user'),
      startAt: skipped('users'),
      maxResults: pageSize('Users', { max: 1_000, byDefault: 50 }),
      property: optionalText(1_000).describe(
        'Property of users and its value, for example "thepropertykey.nested=1"',
      ),
    },
    atLeastOneOf: ['query', 'username', 'accountId', 'property'],
    output: z.array(user),
    oauthScopes: ['read:jira-user'],
  }),
};

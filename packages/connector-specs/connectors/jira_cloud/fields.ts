import { z } from 'zod';
import { text, textOf, texts, within } from '../../operations/index.ts';
import { plainText } from './document.ts';
import { id, user } from './jira_api.ts';

/**
 * Schema of the body for a reference: a text of digits becomes an id, any other text the named key.
 */
const idOr = <const K extends string>(name: K) =>
  id().transform((value) => (/^\d+$/.test(value) ? { id: value } : { [name]: value }));

/** Input that selects an issue. */
export const issueOf = { issueId: id().describe('Key or id of the issue, for example "PROJ-1"') };

/** Id of an account. Names are not accepted. */
export const accountId = () => textOf(128).describe('Account id of the user, see searchUsers');

/** Inputs of the fields of an issue. */
export const issueFields = {
  summary: textOf(255).describe('Title of the issue, one line'),
  issueType: idOr('name').describe('Name or id of the issue type, for example "Task"'),
  description: plainText().describe('Description as plain text. An empty line starts a paragraph'),
  priority: idOr('name').describe('Name or id of the priority, for example "High"'),
  labels: z.array(textOf(255)).max(100).describe('Labels, without spaces'),
  assigneeAccountId: accountId(),
  parent: idOr('key').describe('Key or id of the parent issue, for example the epic'),
};

/** Fields of {@link issueFields}, none of which is required. */
export const optionalFields = z.object(issueFields).partial().shape;

/** Names of {@link issueFields} in the body. */
export const ISSUE_FIELDS = {
  ...within('fields', issueFields),
  issueType: 'fields.issuetype',
  assigneeAccountId: 'fields.assignee.id',
} as const;

/**
 * An issue. The site decides which fields it has. Their texts are in the Atlassian Document Format.
 */
export const issue = z.object({
  ...texts('id', 'key', 'self'),
  fields: z.record(z.string(), z.unknown()).nullish(),
});

/** A comment on an issue. */
export const comment = z.object({
  id: text(),
  author: user.nullish(),
  body: z.unknown().optional(),
  ...texts('created', 'updated'),
});

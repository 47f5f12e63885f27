import { z } from 'zod';
import { plainText } from '../../atlassian_document/index.ts';
import { download, downloadSchema, fileInput } from '../../file_content/index.ts';
import {
  bytes,
  composed,
  confirmed,
  flags,
  numbers,
  object,
  pageCursor,
  pageSize,
  textOf,
  texts,
} from '../../operations/index.ts';
import { id, operation, user } from './jira_api.ts';

/** Names of the fields that a search returns of an issue by default. */
const FIELDS =
  'summary status issuetype priority assignee reporter labels project parent created updated duedate resolution';

/** Maximum size of an attachment in bytes, which is the default limit of Jira. */
const MAX_FILE_BYTES = 10_485_760;

/**
 * Schema of the body for a reference: a text of digits becomes an id, any other text the named key.
 */
const idOr = <const K extends string>(name: K) =>
  id().transform((value) => (/^\d+$/.test(value) ? { id: value } : { [name]: value }));

/** Input that selects an issue. */
const issueOf = { issueId: id().describe('Key or id of the issue, for example "PROJ-1"') };
/** Id of an account. Names are not accepted. */
const accountId = () => textOf(128).describe('Account id of the user, see searchUsers');

/** Inputs of the fields of an issue. */
const issueFields = {
  summary: textOf(255).describe('Title of the issue, one line'),
  issueType: idOr('name').describe('Name or id of the issue type, for example "Task"'),
  description: plainText().describe('Description as plain text. An empty line starts a paragraph'),
  priority: idOr('name').describe('Name or id of the priority, for example "High"'),
  labels: z.array(textOf(255)).max(100).describe('Labels, without spaces'),
  assigneeAccountId: accountId(),
  parent: idOr('key').describe('Key or id of the parent issue, for example the epic'),
};
/** Fields of {@link issueFields}, none of which is required. */
const optionalFields = z.object(issueFields).partial().shape;
/** Names of {@link issueFields} in the body that differ from those of the inputs. */
const FIELD_NAMES = {
  issueType: 'fields.issuetype',
  assigneeAccountId: 'fields.assignee.id',
} as const;

/**
 * An issue. The site decides which fields it has. Their texts are in the Atlassian Document Format.
 */
const issue = z.object({
  ...texts('id', 'key', 'self'),
  fields: z.record(z.string(), z.unknown()).nullish(),
});
const comment = z.object({
  ...texts('id', 'created', 'updated'),
  author: user.nullish(),
  body: z.unknown().optional(),
});
const transition = z.object({
  ...texts('id', 'name'),
  ...flags('isAvailable', 'hasScreen'),
  to: object(texts('id', 'name')),
});
const attachment = z.object({
  // `pipe` states the type of the result for the JSON Schema of the output.
  id: z.union([z.string(), z.number()]).transform(String).pipe(z.string()).nullish(),
  ...texts('filename', 'mimeType', 'created'),
  ...numbers('size'),
  author: user.nullish(),
});

const attachmentOf = { attachmentId: id().describe('Id of the attachment, see getIssue') };
const getMetadata = operation('GET /rest/api/3/attachment/{attachmentId}', {
  input: attachmentOf,
  output: attachment,
});
const getContent = operation('GET /rest/api/3/attachment/content/{attachmentId}', {
  input: attachmentOf,
  ...bytes(),
  // Jira redirects to files at another host by signed URLs.
  redirectHosts: ['api.media.atlassian.com'],
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
    output: issue,
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
    input: issueOf,
    output: issue,
  }),
  getTransitions: operation('GET /rest/api/3/issue/{issueId}/transitions', {
    description:
      'Lists the transitions that the user can carry out on an issue in its present status, with the status that each leads to. transitionIssue needs their ids.',
    input: issueOf,
    output: z.object({ transitions: z.array(transition).default([]) }),
  }),
  createIssue: operation('POST /rest/api/3/issue', {
    scope: 'write',
    description:
      'Creates an issue and notifies its watchers. Returns its id and key. Use getIssueTypes and getCreateMetadata to find out which types and fields the project permits.',
    input: {
      projectKey: id().describe('Key of the project, not its id, for example "PROJ"'),
      ...optionalFields,
      summary: issueFields.summary,
      issueType: issueFields.issueType,
    },
    bodyObject: 'fields',
    wire: { ...FIELD_NAMES, projectKey: 'fields.project.key' },
    output: z.object(texts('id', 'key', 'self')),
  }),
  updateIssue: operation('PUT /rest/api/3/issue/{issueId}', {
    description:
      'Changes fields of an issue. Only the given fields change; labels replace the present ones. Does not change the status: use transitionIssue. Returns { updated, issueId }.',
    input: { ...issueOf, ...optionalFields },
    bodyObject: 'fields',
    wire: FIELD_NAMES,
    atLeastOneOf: 'optional',
    ...confirmed('updated', 'issueId'),
  }),
  deleteIssue: operation('DELETE /rest/api/3/issue/{issueId}', {
    isTool: false,
    description:
      'Deletes an issue with its comments and attachments. This cannot be undone. Fails if the issue has subtasks, unless deleteSubtasks is true. Returns { deleted, issueId }.',
    input: {
      ...issueOf,
      deleteSubtasks: z.boolean().default(false).describe('true: also deletes its subtasks'),
    },
    ...confirmed('deleted', 'issueId'),
  }),
  addComment: operation('POST /rest/api/3/issue/{issueId}/comment', {
    scope: 'write',
    description: 'Adds a comment to an issue and notifies its watchers. Returns the comment.',
    input: {
      ...issueOf,
      body: plainText(1).describe('Comment as plain text. An empty line starts a paragraph'),
    },
    output: comment,
  }),
  transitionIssue: operation('POST /rest/api/3/issue/{issueId}/transitions', {
    scope: 'destroy',
    description:
      'Carries out a transition, which changes the status of an issue. Use getTransitions to find the id. Fails if the transition needs fields that are not set. Returns { transitioned, issueId, transitionId }.',
    input: { ...issueOf, transitionId: id().describe('Id of the transition') },
    wire: { transitionId: 'transition.id' },
    ...confirmed('transitioned', 'issueId', 'transitionId'),
  }),
  assignIssue: operation('PUT /rest/api/3/issue/{issueId}/assignee', {
    description:
      'Assigns an issue to a user, to the default assignee of the project, or to nobody, instead of its present assignee. Returns { assigned, issueId }.',
    input: {
      ...issueOf,
      accountId: accountId()
        .nullable()
        .describe('Account id of the user. "-1": the default assignee; null: nobody'),
    },
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
    input: { ...issueOf, accountId: accountId() },
    wholeBody: 'accountId',
    isRepeatable: true,
    ...confirmed('added', 'issueId'),
  }),
  removeWatcher: operation('DELETE /rest/api/3/issue/{issueId}/watchers', {
    description: 'Removes a watcher of an issue. Returns { removed, issueId }.',
    input: { ...issueOf, accountId: accountId() },
    wire: { accountId: { in: 'query' } },
    ...confirmed('removed', 'issueId'),
  }),
};

/** Actions for attachments. */
export const attachmentActions = {
  getAttachment: composed([getMetadata, getContent], {
    description:
      'Downloads one attachment of an issue. Returns { id, name, mimeType, size, content, encoding }: the content as text if it is UTF-8, else in base64. The limit of the server for responses applies.',
    input: getMetadata.input,
    output: downloadSchema.extend({ name: z.string().optional(), mimeType: z.string() }),
    handler: async (context, input) => {
      const metadata = await getMetadata.call(context, input);
      const file = await download(metadata.id ?? input.attachmentId, {
        read: () => getContent.call(context, input),
        size: metadata.size,
      });
      return {
        ...file,
        name: metadata.filename ?? undefined,
        mimeType: metadata.mimeType ?? 'application/octet-stream',
      };
    },
  }),
  addAttachment: operation('POST /rest/api/3/issue/{issueId}/attachments', {
    scope: 'write',
    description: 'Attaches a file of at most 10 MiB to an issue. Returns the attachment in a list.',
    input: {
      ...issueOf,
      file: fileInput(MAX_FILE_BYTES).describe('Content of the file in base64, max 10 MiB'),
      filename: textOf(255).describe('Name of the file with its extension'),
    },
    upload: { field: 'file', content: 'file', fileName: 'filename' },
    // Jira refuses uploads without this header. It protects browsers against forged requests.
    fixed: { headers: { 'X-Atlassian-Token': 'no-check' } },
    output: z.array(attachment),
  }),
};

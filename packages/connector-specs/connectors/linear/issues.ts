import { z } from 'zod';
import { choice, fieldOf, instant, nested, textOf, texts } from '../../operations/index.ts';
import { id, list, listPage, named, query, teamId } from './linear_api.ts';

const issue = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  ...texts('description'),
  url: z.string(),
  priority: z.number(),
  ...texts('priorityLabel', 'dueDate', 'createdAt', 'updatedAt', 'archivedAt'),
  team: named.extend({ key: z.string() }),
  state: named.extend({ type: z.string() }),
  assignee: named.extend(texts('email')).nullish(),
  project: named.nullish(),
  cycle: z.object({ id: z.string(), number: z.number(), ...texts('name') }).nullish(),
  labels: z.object({ nodes: z.array(named) }),
});

const issueId = () => id().describe('Id of the issue, or its identifier such as ENG-42');
const ids = () => z.array(id()).max(50);
const title = () => textOf(255);
/** Fields of an issue that a call sets when it creates or changes the issue. */
const fields = {
  title: title().describe('Title, max 255 characters'),
  description: z.string().max(100_000).describe('Text in Markdown'),
  assigneeId: id().describe('Id of the assignee, as in the result of listUsers'),
  projectId: id().describe('Id of the project'),
  cycleId: id().describe('Id of the cycle'),
  parentId: id().describe('Id of the issue that this one is a part of'),
  stateId: id().describe('Id of the state, as in the result of listWorkflowStates'),
  priority: z.int().min(0).max(4).describe('0: none, 1: urgent, 2: high, 3: medium, 4: low'),
  dueDate: z.iso.date().max(10).describe('Day, for example 2030-01-31'),
  labelIds: ids().describe('Ids of all labels of the issue, as in the result of listIssueLabels'),
};
const optional = z.object(fields).partial().shape;

const moment = z.union([z.iso.date().max(10), instant()]);
/** Conditions for issues, each with the path at which Linear expects its value. */
const filter = nested({
  teamId: ['team.id.eq', teamId()],
  projectId: ['project.id.eq', fields.projectId],
  assigneeId: ['assignee.id.eq', fields.assigneeId],
  stateId: ['state.id.eq', fields.stateId],
  labelIds: ['labels.some.id.in', ids().min(1), 'Issues with at least one of these labels'],
  titleContains: ['title.containsIgnoreCase', title(), 'Part of the title, in any case of letters'],
  priority: ['priority.eq', fields.priority],
  createdAfter: ['createdAt.gte', moment, 'Created at or after this day or time, in RFC 3339'],
  createdBefore: ['createdAt.lt', moment, 'Created before this day or time, in RFC 3339'],
  updatedAfter: ['updatedAt.gte', moment, 'Changed at or after this day or time, in RFC 3339'],
  updatedBefore: ['updatedAt.lt', moment, 'Changed before this day or time, in RFC 3339'],
});
const ARCHIVED = { active: { null: true }, archived: { null: false }, all: undefined };

const comment = z.object({ id: z.string(), body: z.string(), createdAt: z.string() });
const attachment = z.object({ id: z.string(), title: z.string(), url: z.string() });
const changed = { issue: issue.nullish() };
/** A request that changes data. Its inputs are in the variable `input`, unless `wire` names one. */
const mutation = (name: string, variables: Record<string, string>, changed: z.ZodRawShape) => ({
  ...fieldOf(`mutation ${name}`, variables, z.object({ success: z.boolean(), ...changed })),
  bodyObject: 'input',
});

/** Actions for issues. */
export const issueActions = {
  listIssues: query({
    ...list('issues', issue, {
      variables: { filter: 'IssueFilter' },
      // Without it, the filter `archivedAt` finds nothing.
      args: 'includeArchived: true',
    }),
    description:
      'Lists issues with their state, assignee, project and labels, without comments. All conditions of the filter must be met. Use listTeams, listUsers or listWorkflowStates to find the ids for the filter.',
    // Inputs are sent in this order. `archivedStatus` adds to the filter, so it must come after
    // the filter.
    input: {
      filter: filter.optional().describe('Conditions. Without one: all issues'),
      archivedStatus: choice(['active', 'archived', 'all'], 'active')
        .transform((status) => ARCHIVED[status])
        .describe('active: without archived issues; archived: only those; all: both'),
      ...listPage,
    },
    wire: { archivedStatus: 'filter.archivedAt' },
  }),
  getIssue: query({
    ...fieldOf('query issue', { id: 'String!' }, issue),
    description:
      'Reads one issue with its text, state, assignee, project and labels. Does not return its comments.',
    input: { id: issueId() },
  }),
  createIssue: query({
    ...mutation('issueCreate', { input: 'IssueCreateInput!' }, changed),
    scope: 'write',
    description:
      'Creates an issue in a team and returns it with its identifier, such as ENG-42. Without a state it gets the default state of the team. Notifies the assignee.',
    input: { teamId: teamId(), ...optional, title: fields.title },
    oauthScopes: [['issues:create', 'write']],
  }),
  createComment: query({
    ...mutation('commentCreate', { input: 'CommentCreateInput!' }, { comment }),
    scope: 'write',
    description: 'Adds a comment to an issue and returns it. Notifies its subscribers.',
    input: { issueId: issueId(), body: fields.description.min(1) },
    oauthScopes: [['comments:create', 'write']],
  }),
  createAttachment: query({
    ...mutation('attachmentCreate', { input: 'AttachmentCreateInput!' }, { attachment }),
    scope: 'write',
    description:
      'Attaches a link to an issue and returns the attachment. The same link again changes it.',
    input: {
      issueId: issueId(),
      title: title().describe('Text of the link'),
      url: z.url().max(2_048).describe('URL that the link leads to'),
    },
  }),
  updateIssue: query({
    ...mutation('issueUpdate', { id: 'String!', input: 'IssueUpdateInput!' }, changed),
    scope: 'destroy',
    description:
      'Changes an issue, for example its state or assignee, and returns it. Only the given fields change; null removes the present value. Give either labelIds, which replaces all labels, or addedLabelIds and removedLabelIds.',
    input: {
      id: issueId(),
      ...optional,
      description: fields.description.nullish(),
      assigneeId: fields.assigneeId.nullish(),
      projectId: fields.projectId.nullish(),
      cycleId: fields.cycleId.nullish(),
      parentId: fields.parentId.nullish(),
      dueDate: fields.dueDate.nullish(),
      addedLabelIds: ids().min(1).optional().describe('Ids of labels to add'),
      removedLabelIds: ids().min(1).optional().describe('Ids of labels to remove'),
    },
    wire: { id: 'id' },
    atLeastOneOf: 'optional',
    notTogether: { labelIds: ['addedLabelIds', 'removedLabelIds'] },
    isRepeatable: true,
  }),
};

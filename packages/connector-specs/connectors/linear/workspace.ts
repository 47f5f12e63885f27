import { z } from 'zod';
import { text } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { listOf, listPage, PAGE_VARIABLES, pagesOf, query, READ, teamId } from './linear_api.ts';

const named = z.object({ id: z.string(), name: z.string() });
const team = named.extend({ key: z.string(), description: text() });
const project = named.extend({
  description: text(),
  state: text(),
  createdAt: text(),
  updatedAt: text(),
});
const cycle = z.object({
  id: z.string(),
  number: z.number(),
  name: text(),
  startsAt: text(),
  endsAt: text(),
});
const state = named.extend({ type: z.string(), position: z.number() });
const label = named.extend({ color: text(), description: text() });
const user = named.extend({ displayName: text(), email: text(), active: z.boolean() });

/** Operation of the connection test. */
export const getViewer = query('query viewer { viewer { id name } }', {
  scope: 'read',
  description: 'Reads the user of the credentials.',
  input: {},
  output: z.object({ viewer: named }),
});

export const listTeams = query(`query teams(${PAGE_VARIABLES}) { ${listOf('teams', team)} }`, {
  ...READ,
  description:
    'Lists the teams that the user can see, with their ids, which most other actions need, and their keys, with which the identifiers of issues start.',
  input: listPage,
  output: team,
  pages: pagesOf('teams'),
});

export const listProjects = query(
  `query projects(${PAGE_VARIABLES}, $filter: ProjectFilter) { ${listOf('projects', project, ', filter: $filter')} }`,
  {
    ...READ,
    description: 'Lists the projects of the workspace, or of one team, with their state and ids.',
    input: { ...listPage, teamId: teamId().optional() },
    wire: { teamId: 'filter.accessibleTeams.some.id.eq' },
    output: project,
    pages: pagesOf('projects'),
  },
);

/** The document of a list of things that belong to a team. */
const ofTeam = (name: string, item: z.ZodObject) =>
  `query ${name}(${PAGE_VARIABLES}, $teamId: ID!) { ${listOf(name, item, ', filter: { team: { id: { eq: $teamId } } }')} }`;
const teamPage = { ...READ, input: { ...listPage, teamId: teamId() } };

export const listCycles = query(ofTeam('cycles', cycle), {
  ...teamPage,
  description:
    'Lists the cycles of a team, which are its repeated periods of work, with their start and end.',
  output: cycle,
  pages: pagesOf('cycles'),
});

export const listWorkflowStates = query(ofTeam('workflowStates', state), {
  ...teamPage,
  description:
    'Lists the states that issues of a team can have, for example "In Progress". Their ids are needed to give an issue a state.',
  output: state,
  pages: pagesOf('workflowStates'),
});

export const listIssueLabels = query(ofTeam('issueLabels', label), {
  ...teamPage,
  description: 'Lists the labels that belong to a team, without those of the whole workspace.',
  output: label,
  pages: pagesOf('issueLabels'),
});

const users = {
  ...READ,
  description:
    'Lists the users of the workspace, or the members of one team, with their ids, for example to assign an issue to one of them.',
  output: user,
} as const;
const userPage = {
  ...listPage,
  includeDisabled: z.boolean().optional().describe('true: also users whose account is disabled'),
};
const USER_VARIABLES = `${PAGE_VARIABLES}, $includeDisabled: Boolean`;
const userList = (name: string) => listOf(name, user, ', includeDisabled: $includeDisabled');

const usersOfWorkspace = query(`query users(${USER_VARIABLES}) { ${userList('users')} }`, {
  ...users,
  input: userPage,
  pages: pagesOf('users'),
});

const usersOfTeam = query(
  `query members(${USER_VARIABLES}, $teamId: String!) { team(id: $teamId) { ${userList('members')} } }`,
  { ...users, input: { ...userPage, teamId: teamId() }, pages: pagesOf('team.members') },
);

/** Operations of {@link listUsers}, for the test against Linear's schema. */
export const userOperations = [usersOfWorkspace, usersOfTeam];

export const listUsers = defineAction({
  ...users,
  input: usersOfWorkspace.input.extend({ teamId: teamId().optional() }),
  output: usersOfWorkspace.output,
  isTool: true,
  handler: (context, { teamId, ...page }) =>
    teamId === undefined
      ? usersOfWorkspace.call(context, page)
      : usersOfTeam.call(context, { ...page, teamId }),
});

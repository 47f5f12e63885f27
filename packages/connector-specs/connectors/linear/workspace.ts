import { z } from 'zod';
import { composed, option, text, texts } from '../../operations/index.ts';
import { listDocument, listOf, listPage, named, query, teamId } from './linear_api.ts';

const team = named.extend({ key: z.string(), description: text() });
const status = z.object({ name: z.string(), type: z.string() });
const project = named.extend({ ...texts('description', 'createdAt', 'updatedAt'), status });
const numbered = z.object({ id: z.string(), number: z.number() });
const cycle = numbered.extend(texts('name', 'startsAt', 'endsAt'));
const state = named.extend({ type: z.string(), position: z.number() });
const label = named.extend(texts('color', 'description'));
const user = named.extend({ ...texts('displayName', 'email'), active: z.boolean() });

/** Operation of the connection test. */
export const getViewer = query('query viewer { viewer { id name } }', {
  description: 'Reads the user of the credentials.',
  input: {},
  output: z.object({ viewer: named }),
  // Linear grants this scope with every authorization.
  oauthScopes: ['read'],
});

/** Argument of a list of objects that belong to a team. */
const OF_TEAM = { args: 'filter: { team: { id: { eq: $teamId } } }' };
const TEAM_ID = { teamId: 'ID!' };
const teamPage = { ...listPage, teamId: teamId() };

const userPage = {
  ...listPage,
  includeDisabled: option('true: also users whose account is disabled'),
};
const usersOfWorkspace = query(listDocument('users', user, { includeDisabled: 'Boolean' }), {
  input: userPage,
  ...listOf('users', user),
});
const USERS_OF_TEAM = { includeDisabled: 'Boolean', teamId: 'String!' };
const usersOfTeam = query(
  listDocument('members', user, USERS_OF_TEAM, { parent: 'team(id: $teamId)' }),
  { input: { ...userPage, teamId: teamId() }, ...listOf('team.members', user) },
);

/** Actions that list teams, users and other objects to which issues refer. */
export const workspaceActions = {
  listTeams: query(listDocument('teams', team), {
    description:
      'Lists the teams that the user can see, with their ids, which most other actions need, and their keys, with which the identifiers of issues start.',
    input: listPage,
    ...listOf('teams', team),
  }),
  listProjects: query(listDocument('projects', project, { filter: 'ProjectFilter' }), {
    description:
      'Lists the projects of the workspace, or of one team, with their ids and state: backlog, planned, started, paused, completed or canceled. status has the name that the workspace gave it.',
    input: { ...listPage, teamId: teamId().optional() },
    wire: { teamId: 'filter.accessibleTeams.some.id.eq' },
    ...listOf('projects', project),
    // Linear deprecates `state` of a project, which is the type of its status.
    output: project
      .transform((one) => ({ ...one, state: one.status.type }))
      .pipe(project.extend({ state: z.string() })),
  }),
  listCycles: query(listDocument('cycles', cycle, TEAM_ID, OF_TEAM), {
    description:
      'Lists the cycles of a team, which are its repeated periods of work, with their start and end.',
    input: teamPage,
    ...listOf('cycles', cycle),
  }),
  listWorkflowStates: query(listDocument('workflowStates', state, TEAM_ID, OF_TEAM), {
    description:
      'Lists the states that issues of a team can have, for example "In Progress". Their ids are needed to give an issue a state.',
    input: teamPage,
    ...listOf('workflowStates', state),
  }),
  listIssueLabels: query(listDocument('issueLabels', label, TEAM_ID, OF_TEAM), {
    description: 'Lists the labels that belong to a team, without those of the whole workspace.',
    input: teamPage,
    ...listOf('issueLabels', label),
  }),
  listUsers: composed([usersOfWorkspace, usersOfTeam], {
    description:
      'Lists the users of the workspace, or the members of one team, with their ids, for example to assign an issue to one of them.',
    input: usersOfWorkspace.input.extend({ teamId: teamId().optional() }),
    output: usersOfWorkspace.output,
    handler: (context, { teamId, ...page }) =>
      teamId === undefined
        ? usersOfWorkspace.call(context, page)
        : usersOfTeam.call(context, { ...page, teamId }),
  }),
};

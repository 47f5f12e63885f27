import { z } from 'zod';
import { composed, option, text, texts } from '../../operations/index.ts';
import { list, listPage, named, query, teamId } from './linear_api.ts';

const team = named.extend({ key: z.string(), description: text() });
const status = z.object({ name: z.string(), type: z.string() });
const project = named.extend({ ...texts('description', 'createdAt', 'updatedAt'), status });
const numbered = z.object({ id: z.string(), number: z.number() });
const cycle = numbered.extend(texts('name', 'startsAt', 'endsAt'));
const state = named.extend({ type: z.string(), position: z.number() });
const label = named.extend(texts('color', 'description'));
const user = named.extend({ ...texts('displayName', 'email'), active: z.boolean() });

/** Operation of the connection test. */
export const getViewer = query({
  document: 'query viewer { viewer { id name } }',
  description: 'Reads the user of the credentials.',
  input: {},
  output: z.object({ viewer: named }),
  // Linear grants this scope with every authorization.
  oauthScopes: ['read'],
});

const teamPage = { ...listPage, teamId: teamId() };
/** A list of objects that belong to a team, with the inputs {@link teamPage}. */
const listOfTeam = <O extends z.ZodObject>(name: string, item: O) =>
  list(name, item, {
    variables: { teamId: 'ID!' },
    args: 'filter: { team: { id: { eq: $teamId } } }',
  });

const includeDisabled = option('true: also users whose account is disabled');
const usersOfWorkspace = query({
  ...list('users', user, { variables: { includeDisabled: 'Boolean' } }),
  input: { ...listPage, includeDisabled },
});
const usersOfTeam = query({
  ...list('members', user, {
    variables: { includeDisabled: 'Boolean', teamId: 'String!' },
    parent: 'team(id: $teamId)',
  }),
  input: { ...listPage, includeDisabled, teamId: teamId() },
});

/** Actions that list teams, users and other objects to which issues refer. */
export const workspaceActions = {
  listTeams: query({
    ...list('teams', team),
    description:
      'Lists the teams that the user can see, with their ids, which most other actions need, and their keys, with which the identifiers of issues start.',
    input: listPage,
  }),
  listProjects: query({
    ...list('projects', project, { variables: { filter: 'ProjectFilter' } }),
    description:
      'Lists the projects of the workspace, or of one team, with their ids and state: backlog, planned, started, paused, completed or canceled. status has the name that the workspace gave it.',
    input: { ...listPage, teamId: teamId().optional() },
    wire: { teamId: 'filter.accessibleTeams.some.id.eq' },
    // Linear deprecates `state` of a project, which is the type of its status.
    output: project
      .transform((one) => ({ ...one, state: one.status.type }))
      .pipe(project.extend({ state: z.string() })),
  }),
  listCycles: query({
    ...listOfTeam('cycles', cycle),
    description:
      'Lists the cycles of a team, which are its repeated periods of work, with their start and end.',
    input: teamPage,
  }),
  listWorkflowStates: query({
    ...listOfTeam('workflowStates', state),
    description:
      'Lists the states that issues of a team can have, for example "In Progress". Their ids are needed to give an issue a state.',
    input: teamPage,
  }),
  listIssueLabels: query({
    ...listOfTeam('issueLabels', label),
    description: 'Lists the labels that belong to a team, without those of the whole workspace.',
    input: teamPage,
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

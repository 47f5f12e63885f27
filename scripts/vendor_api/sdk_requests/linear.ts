import type { RecordedCall, VendorSdk } from './recorded_call.ts';

type Call = (input: object) => Promise<unknown>;

/** The part of Linear's SDK that these calls use. */
interface LinearSdk {
  LinearClient: new (options: {
    readonly accessToken: string;
    readonly apiUrl: string;
  }) => {
    readonly issues: Call;
    readonly teams: Call;
    readonly projects: Call;
    readonly cycles: Call;
    readonly workflowStates: Call;
    readonly issueLabels: Call;
    readonly users: Call;
    readonly createIssue: Call;
    readonly createComment: Call;
    readonly createAttachment: Call;
    issue(id: string): Promise<unknown>;
    updateIssue(id: string, input: object): Promise<unknown>;
    team(id: string): Promise<{ members: Call }>;
  };
}

const page = { first: 7, after: 'a', orderBy: 'updatedAt' };
const ID = '0d1f6a3e-0000-4000-8000-000000000001';
const ofTeam = { filter: { team: { id: { eq: ID } } } };
const texts = { title: 'A "title"', description: '**b**' };
const fields = { ...texts, stateId: ID, priority: 2, dueDate: '2030-01-31', labelIds: [ID] };

/** The SDK of Linear. A cast is needed, because its types are not installed here. */
export const linearSdk: VendorSdk = {
  // The SDK reads the team before its members.
  response: { data: { team: { id: ID, __typename: 'Team' } } },
  callsOf: async (load, origin) => {
    const { LinearClient } = (await load('@linear/sdk')) as LinearSdk;
    const apiUrl = `${origin}/graphql`;
    const client = new LinearClient({ accessToken: 'development-only', apiUrl });
    const team = await client.team(ID);
    const recorded = (action: string, input: object, call: () => Promise<unknown>) =>
      ({ action, input: { ...input }, call }) satisfies RecordedCall;
    const comment = { issueId: ID, body: 'A "text"' };
    const attachment = { issueId: ID, title: 'A "title"', url: 'https://example.com/?a=1&b=2' };
    return [
      recorded('listTeams', page, () => client.teams(page)),
      recorded('listProjects', { ...page, teamId: ID }, () =>
        client.projects({ ...page, filter: { accessibleTeams: { some: { id: { eq: ID } } } } }),
      ),
      recorded('listCycles', { ...page, teamId: ID }, () => client.cycles({ ...page, ...ofTeam })),
      recorded('listWorkflowStates', { ...page, teamId: ID }, () =>
        client.workflowStates({ ...page, ...ofTeam }),
      ),
      recorded('listIssueLabels', { ...page, teamId: ID }, () =>
        client.issueLabels({ ...page, ...ofTeam }),
      ),
      recorded('listUsers', { ...page, includeDisabled: true }, () =>
        client.users({ ...page, includeDisabled: true }),
      ),
      recorded('listUsers', { ...page, includeDisabled: true, teamId: ID }, () =>
        team.members({ ...page, includeDisabled: true }),
      ),
      recorded(
        'listIssues',
        {
          ...page,
          archivedStatus: 'active',
          filter: {
            ...{ teamId: ID, projectId: ID, assigneeId: ID, stateId: ID, labelIds: [ID] },
            ...{ titleContains: 'a', priority: 2 },
            ...{ createdAfter: '2030-01-01', createdBefore: '2030-02-01' },
            ...{ updatedAfter: '2030-01-01', updatedBefore: '2030-02-01' },
          },
        },
        () =>
          client.issues({
            ...page,
            includeArchived: true,
            filter: {
              team: { id: { eq: ID } },
              project: { id: { eq: ID } },
              assignee: { id: { eq: ID } },
              state: { id: { eq: ID } },
              labels: { some: { id: { in: [ID] } } },
              title: { containsIgnoreCase: 'a' },
              priority: { eq: 2 },
              createdAt: { gte: '2030-01-01', lt: '2030-02-01' },
              updatedAt: { gte: '2030-01-01', lt: '2030-02-01' },
              archivedAt: { null: true },
            },
          }),
      ),
      recorded('getIssue', { id: 'ENG-42' }, () => client.issue('ENG-42')),
      recorded('createIssue', { teamId: ID, ...fields }, () =>
        client.createIssue({ teamId: ID, ...fields }),
      ),
      recorded('createComment', comment, () => client.createComment(comment)),
      recorded('createAttachment', attachment, () => client.createAttachment(attachment)),
      recorded('updateIssue', { id: 'ENG-42', ...texts, assigneeId: null }, () =>
        client.updateIssue('ENG-42', { ...texts, assigneeId: null }),
      ),
      recorded('updateIssue', { id: 'ENG-42', addedLabelIds: [ID], removedLabelIds: [ID] }, () =>
        client.updateIssue('ENG-42', { addedLabelIds: [ID], removedLabelIds: [ID] }),
      ),
    ];
  },
};

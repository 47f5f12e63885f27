import type { VendorSdk } from './recorded_call.ts';

type Call = (input: object) => Promise<unknown>;

/** The part of the client jira.js that these calls use. */
interface JiraSdk {
  createCloudClient(options: object): {
    readonly issueSearch: { searchAndReconsileIssuesUsingJqlPost: Call };
    readonly issues: {
      getCreateIssueMetaIssueTypes: Call;
      getCreateIssueMetaIssueTypeId: Call;
    };
  };
}

const fields =
  'summary status issuetype priority assignee reporter labels project parent created updated duedate resolution'.split(
    ' ',
  );

/**
 * The client jira.js. It is used only for operations that are newer than Atlassian's description of
 * the API.
 */
export const jiraCloudSdk: VendorSdk = {
  response: { issues: [], issueTypes: [], fields: [], isLast: true },
  callsOf: async (load, host) => {
    const { createCloudClient } = (await load('jira.js')) as JiraSdk;
    const auth = { type: 'basic', email: 'dev@example.com', apiToken: 'development-only' };
    const { issueSearch, issues } = createCloudClient({ host, auth });
    const search = { jql: 'project = "A & B"', maxResults: 7, nextPageToken: 'a' };
    return [
      {
        action: 'searchIssuesWithJql',
        input: search,
        call: () => issueSearch.searchAndReconsileIssuesUsingJqlPost({ ...search, fields }),
      },
      {
        action: 'getIssueTypes',
        input: { projectKey: 'PROJ' },
        call: () =>
          issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'PROJ', maxResults: 200 }),
      },
      {
        action: 'getCreateMetadata',
        input: { projectKey: 'PROJ', issueTypeId: '10001' },
        call: () =>
          issues.getCreateIssueMetaIssueTypeId({
            projectIdOrKey: 'PROJ',
            issueTypeId: '10001',
            maxResults: 200,
          }),
      },
    ];
  },
};

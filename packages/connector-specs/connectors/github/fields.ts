import { z } from 'zod';
import {
  flag,
  flags,
  number,
  numbers,
  object,
  objects,
  pageCursor,
  pageSize,
  text,
  textOf,
  texts,
} from '../../operations/index.ts';

const name = () => textOf(200);

/** Inputs that select a repository. */
export const repository = {
  owner: name().describe('Owner of the repository: a user or an organization'),
  repo: name().describe('Name of the repository, without its owner'),
};

/** Inputs that select an issue or a pull request. */
export const issueOf = {
  ...repository,
  issueNumber: z.int().min(1).describe('Number of the issue in its repository'),
};

/** Inputs that select a pull request. */
export const pullRequestOf = {
  ...repository,
  pullNumber: z.int().min(1).describe('Number of the pull request in its repository'),
};

/** State that selects issues or pull requests. */
export const state = () =>
  z.enum(['open', 'closed', 'all']).default('open').describe('Only items in this state');

/** Text of an issue, a pull request or a comment. */
export const body = () => z.string().max(65_536).describe('Text in Markdown');

/** Title of an issue or a pull request. */
export const title = () => textOf(256).describe('Title');

/** Name of a branch or another reference. */
export const ref = () => textOf(200);

/** Inputs of a list whose next page is in the header `Link`. */
export const listPage = {
  first: pageSize('Items', { max: 100, byDefault: 10 }),
  after: pageCursor(2_048),
};

/** Parameter names and the next page of {@link listPage}. */
export const listPaging = {
  wire: { first: 'per_page' },
  pages: { next: 'link', cursor: 'after', parameter: 'page', items: '' },
} as const;

/** A GitHub account in the response of another object. */
export const account = z.object({ login: z.string(), html_url: text() });

/** A label. Some responses contain only its name. */
export const label = z.union([z.string(), z.object(texts('name', 'description'))]);

/** An issue. GitHub also returns pull requests as issues. */
export const issue = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  ...texts('state_reason', 'html_url', 'body'),
  user: account.nullish(),
  labels: z.array(label).nullish(),
  assignees: z.array(account).nullish(),
  milestone: object({ number: z.number(), title: z.string() }),
  comments: number(),
  ...texts('created_at', 'updated_at', 'closed_at'),
});

/** A comment on an issue or a pull request. */
export const comment = z.object({
  id: z.number(),
  ...texts('html_url', 'body'),
  user: account.nullish(),
  ...texts('created_at', 'updated_at'),
});

const branchOf = z.object({ ref: z.string(), sha: z.string() });

/** A pull request as lists return it. */
export const pullRequest = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  draft: flag(),
  ...texts('html_url', 'body'),
  user: account.nullish(),
  labels: z.array(label).nullish(),
  assignees: z.array(account).nullish(),
  requested_reviewers: z.array(account).nullish(),
  head: branchOf,
  base: branchOf,
  ...texts('created_at', 'updated_at', 'closed_at', 'merged_at'),
});

/** A pull request with its size, which lists do not return. */
export const fullPullRequest = pullRequest.extend({
  ...flags('merged', 'mergeable'),
  ...numbers('commits', 'additions', 'deletions', 'changed_files'),
});

const signature = object(texts('name', 'email', 'date'));

/** A commit. Lists return it without its files. */
export const commit = z.object({
  sha: z.string(),
  html_url: text(),
  commit: z.object({ message: z.string(), author: signature, committer: signature }),
  author: account.partial().nullish(),
  parents: objects({ sha: z.string() }),
  stats: object(numbers('additions', 'deletions', 'total')),
  files: objects({
    filename: z.string(),
    status: text(),
    ...numbers('additions', 'deletions'),
    patch: text(),
  }),
});

/** A file or folder in a repository. */
export const contentEntry = z.object({
  type: z.string(),
  name: z.string(),
  path: z.string(),
  sha: z.string(),
  size: number(),
  html_url: text(),
});

/** A release. */
export const release = z.object({
  id: z.number(),
  tag_name: z.string(),
  ...texts('name', 'body'),
  ...flags('draft', 'prerelease'),
  html_url: text(),
  author: account.nullish(),
  ...texts('created_at', 'published_at'),
});

import { z } from 'zod';

const name = () => z.string().min(1).max(200);

/** Inputs that select a repository. */
export const repository = {
  owner: name().describe('Owner of the repository: a user or an organization'),
  repo: name().describe('Name of the repository, without its owner'),
};

/** Inputs of a list whose next page is a link. */
export const listPage = {
  first: z.int().min(1).max(100).default(10).describe('Items per page, max 100'),
  after: z.string().max(2_048).optional().describe('nextCursor of the previous page'),
};

/** Sent names and next page of {@link listPage}. */
export const listPaging = {
  wire: { first: 'per_page' },
  pages: { next: 'link', cursor: 'after', parameter: 'page', items: '' },
} as const;

/** Number of an issue or pull request in its repository. */
export const issueNumber = () => z.int().min(1).describe('Number of the issue in its repository');

/** Text that may be missing or null. */
export const text = () => z.string().nullish();

/** A GitHub account as other objects contain it. */
export const account = z.object({ login: z.string(), id: z.number(), html_url: text() });

/** An issue. */
export const issue = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  html_url: text(),
  body: text(),
  user: account.nullish(),
});

/** Public repositories need no more than `public_repo`. */
export const REPO_SCOPE = [['repo', 'public_repo']] as const;

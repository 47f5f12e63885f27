import { z } from 'zod';
import { fileInput, readContent } from '../../file_content/index.ts';
import { composed, confirmed, flag, objects, textOf, texts } from '../../operations/index.ts';
import * as fields from './fields.ts';
import { operation } from './github_api.ts';

const MAX_CONTENT_BYTES = 104_857_600;

const path = () => textOf(1_024);
const named = z.object({ name: z.string(), commit: z.object({ sha: z.string() }) });

const readContents = operation('GET /repos/{owner}/{repo}/contents/{path}', {
  input: {
    ...fields.repository,
    path: z
      .string()
      .max(1_024)
      .default('')
      .describe('Path in the repository, for example "src/index.ts". Default: the root folder'),
    ref: fields.ref().optional().describe('Branch, tag or commit. Default: the default branch'),
  },
  multiSegment: ['path'],
  fixed: { headers: { Accept: 'application/vnd.github.object+json' } },
  output: fields.contentEntry.extend({
    ...texts('encoding', 'content'),
    entries: objects(fields.contentEntry.shape),
  }),
});

/** Actions for commits, branches, files, releases and workflows. */
export const codeActions = {
  listCommits: operation('GET /repos/{owner}/{repo}/commits', {
    description: 'Lists commits of a branch of a repository, the newest first.',
    input: {
      ...fields.repository,
      sha: fields
        .ref()
        .optional()
        .describe('Branch or commit to start from. Default: the default branch'),
      ...fields.listPage,
    },
    ...fields.listPaging,
    output: fields.commit,
  }),
  getCommit: operation('GET /repos/{owner}/{repo}/commits/{ref}', {
    description: 'Reads one commit with its message, statistics and up to 300 changed files.',
    input: {
      ...fields.repository,
      sha: fields.ref().describe('SHA of the commit, or a branch or tag'),
    },
    wire: { sha: 'ref' },
    output: fields.commit,
  }),
  listBranches: operation('GET /repos/{owner}/{repo}/branches', {
    description: 'Lists branches of a repository with the SHA of their latest commit.',
    input: { ...fields.repository, ...fields.listPage },
    ...fields.listPaging,
    output: named.extend({ protected: flag() }),
  }),
  createBranch: operation('POST /repos/{owner}/{repo}/git/refs', {
    scope: 'write',
    description:
      'Creates a branch at a commit and returns its ref and SHA. Fails if the branch exists.',
    input: {
      ...fields.repository,
      ref: z
        .string()
        .regex(/^refs\/heads\/./)
        .max(200)
        .meta({ examples: ['refs/heads/plan'] })
        .describe('refs/heads/ and the new name'),
      sha: fields.ref().describe('SHA of the commit that the branch starts at'),
    },
    output: z.object({ ref: z.string(), object: z.object({ sha: z.string() }) }),
  }),
  getFileContents: composed([readContents], {
    description:
      'Reads a file or the entries of a folder, with name, path, sha and size. The content of a file is text if it is UTF-8, else base64; encoding is "utf-8" or "base64". For files above 1 MB, GitHub returns no content.',
    input: readContents.input,
    output: readContents.item,
    handler: async (context, input) => {
      const entry = await readContents.call(context, input);
      const { content } = entry;
      if (entry.encoding !== 'base64' || typeof content !== 'string') return entry;
      const read = await readContent(async () => Buffer.from(content, 'base64'), {
        format: 'text',
      });
      return { ...entry, content: read.content, encoding: read.encoding };
    },
  }),
  createOrUpdateFile: operation('PUT /repos/{owner}/{repo}/contents/{path}', {
    isRepeatable: false,
    description:
      'Creates or replaces one file by a commit and returns the facts of the file and of the commit. To replace a file, give the sha that getFileContents returned; the call fails if the file has changed since.',
    input: {
      ...fields.repository,
      path: path().describe('Path in the repository, for example "docs/plan.md"'),
      message: textOf(65_536).describe('Message of the commit'),
      content: fileInput(MAX_CONTENT_BYTES).describe('New content in base64, max 100 MiB'),
      sha: fields.ref().optional().describe('SHA of the file that is replaced'),
      branch: fields.ref().optional().describe('Branch. Default: the default branch'),
    },
    multiSegment: ['path'],
    output: z.object({
      content: fields.contentEntry.partial().nullish(),
      commit: z.object(texts('sha', 'html_url')),
    }),
  }),
  listReleases: operation('GET /repos/{owner}/{repo}/releases', {
    description:
      'Lists releases of a repository, the newest first. Tags without a release are not included.',
    input: { ...fields.repository, ...fields.listPage },
    ...fields.listPaging,
    output: fields.release,
  }),
  getLatestRelease: operation('GET /repos/{owner}/{repo}/releases/latest', {
    description:
      'Reads the latest release of a repository that is neither a draft nor a prerelease. Fails with 404 if there is none.',
    input: fields.repository,
    output: fields.release,
  }),
  listTags: operation('GET /repos/{owner}/{repo}/tags', {
    description: 'Lists tags of a repository with the SHA of their commit.',
    input: { ...fields.repository, ...fields.listPage },
    ...fields.listPaging,
    output: named,
  }),
  triggerWorkflow: operation(
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    {
      scope: 'write',
      description:
        'Starts a workflow of GitHub Actions that has the trigger workflow_dispatch. Does not wait for it. Returns { ok: true }.',
      input: {
        ...fields.repository,
        workflowId: textOf(200).describe('File name or id of the workflow'),
        ref: fields.ref().describe('Branch or tag that the workflow runs on'),
        inputs: z
          .record(z.string().max(200), z.string().max(65_535))
          .refine((inputs) => Object.keys(inputs).length <= 25, {
            message: 'has more than 25 keys',
          })
          .optional()
          .describe('Inputs of the workflow, max 25'),
      },
      ...confirmed(),
    },
  ),
};

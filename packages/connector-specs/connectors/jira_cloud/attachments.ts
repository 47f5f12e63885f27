import { z } from 'zod';
import { download, downloadSchema, fileInput } from '../../file_content/index.ts';
import { bytes, composed, number, text, textOf, texts } from '../../operations/index.ts';
import { issueOf } from './fields.ts';
import { id, operation, user } from './jira_api.ts';

/** Maximum size of an attachment in bytes, which is the default limit of Jira. */
const MAX_FILE_BYTES = 10_485_760;

const attachment = z.object({
  id: z.union([z.string(), z.number()]).transform(String).nullish(),
  ...texts('filename', 'mimeType'),
  size: number(),
  created: text(),
  author: user.nullish(),
});

const attachmentOf = { attachmentId: id().describe('Id of the attachment, see getIssue') };

const getFacts = operation('GET /rest/api/3/attachment/{attachmentId}', {
  input: attachmentOf,
  output: attachment,
});
const getContent = operation('GET /rest/api/3/attachment/content/{attachmentId}', {
  input: attachmentOf,
  ...bytes(),
  // Jira redirects to files at another host by signed URLs.
  redirectHosts: ['api.media.atlassian.com'],
});

/** Actions for attachments. */
export const attachmentActions = {
  getAttachment: composed([getFacts, getContent], {
    description:
      'Downloads one attachment of an issue. Returns { id, name, mimeType, size, content, encoding }: the content as text if it is UTF-8, else in base64. The limit of the server for responses applies.',
    input: getFacts.input,
    output: downloadSchema.extend({ name: z.string().optional(), mimeType: z.string() }),
    handler: async (context, input) => {
      const facts = await getFacts.call(context, input);
      const file = await download(facts.id ?? input.attachmentId, {
        read: () => getContent.call(context, input),
        size: facts.size,
      });
      return {
        ...file,
        name: facts.filename ?? undefined,
        mimeType: facts.mimeType ?? 'application/octet-stream',
      };
    },
  }),
  addAttachment: operation('POST /rest/api/3/issue/{issueId}/attachments', {
    scope: 'write',
    description: 'Attaches a file of at most 10 MiB to an issue. Returns the attachment in a list.',
    input: {
      ...issueOf,
      file: fileInput(MAX_FILE_BYTES).describe('Content of the file in base64, max 10 MiB'),
      filename: textOf(255).describe('Name of the file with its extension'),
    },
    upload: { field: 'file', content: 'file', fileName: 'filename' },
    // Jira refuses uploads without this header. It protects browsers against forged requests.
    fixed: { headers: { 'X-Atlassian-Token': 'no-check' } },
    output: z.array(attachment),
  }),
};

import { z } from 'zod';
import { setConnectorActionErrorMeta } from '../../contract/action_error_meta.ts';
import { ConnectorActionError } from '../../contract/connector_action_error.ts';
import { defineAction } from '../../contract/define_action.ts';
import { fileId, filePath, getBytes, getJson } from './drive_api.ts';
import { FOLDER_MIME_TYPE, planDownload } from './export_rules.ts';
import { byteCount } from './file_list.ts';

const fileFacts = z.object({
  id: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  mimeType: z.string().max(256).default('application/octet-stream'),
  size: byteCount(),
});

/** Lets a caller suggest a higher size limit: base64 makes four characters of three bytes. */
const noteSizes = (error: unknown, size: string | undefined): void => {
  if (size === undefined || !/^\d{1,15}$/.test(size)) return;
  const contentLengthBytes = Number(size);
  setConnectorActionErrorMeta(error, {
    contentLengthBytes,
    estimatedOutputBytes: Math.ceil(contentLengthBytes / 3) * 4,
  });
};

/** Downloads a file, exporting Google's own formats. */
export const downloadFile = defineAction({
  input: z.strictObject({
    fileId: fileId().describe('Id of the file'),
    responseType: z
      .enum(['arraybuffer', 'text'])
      .default('arraybuffer')
      .describe('"text" answers readable text where the file has any; "arraybuffer" base64'),
  }),
  output: z.object({
    id: z.string(),
    name: z.string().optional(),
    mimeType: z.string(),
    size: z.string(),
    content: z.string(),
    encoding: z.enum(['base64', 'utf-8']),
  }),
  isTool: true,
  scope: 'read',
  description:
    'Downloads one file. Google documents come as Markdown, spreadsheets as CSV and other Google formats as plain text when text is ' +
    'asked for; otherwise spreadsheets come as XLSX and the rest as PDF. Other files come as they are, text files optionally as text.',
  handler: async (context, input) => {
    const path = filePath(input.fileId);
    const facts = await getJson(context, {
      path,
      query: { fields: 'id, name, mimeType, size', supportsAllDrives: true },
      shape: fileFacts,
    });
    if (facts.mimeType === FOLDER_MIME_TYPE) {
      throw new ConnectorActionError('invalid_input', 'a folder has no content to download');
    }
    const plan = planDownload(facts.mimeType, input.responseType);
    try {
      const bytes = await getBytes(
        context,
        plan.via === 'export'
          ? { path: `${path}/export`, query: { mimeType: plan.exportMimeType } }
          : { path, query: { alt: 'media', supportsAllDrives: true } },
      );
      return {
        id: facts.id ?? input.fileId,
        name: facts.name,
        // Type and size of the content, which for an export are not those of the file.
        mimeType: plan.via === 'export' ? plan.exportMimeType : facts.mimeType,
        size:
          plan.via === 'media' && facts.size !== undefined ? facts.size : String(bytes.byteLength),
        content: bytes.toString(plan.encoding === 'base64' ? 'base64' : 'utf8'),
        encoding: plan.encoding,
      };
    } catch (error) {
      noteSizes(error, facts.size);
      throw error;
    }
  },
});

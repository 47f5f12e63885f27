import { z } from 'zod';
import { ConnectorActionError, setConnectorActionErrorMeta } from '../../contract/errors.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { fileId, filePath, getBytes, getJson } from './drive_api.ts';
import { FOLDER_MIME_TYPE, planDownload } from './export_rules.ts';
import { byteCount } from './file_list.ts';

const fileFacts = z.object({
  id: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  mimeType: z.string().max(256).default('application/octet-stream'),
  size: byteCount(),
});

/**
 * Attaches the size, so that a caller can raise the limit. Base64 encodes 3 bytes as 4 characters.
 */
const noteSizes = (error: unknown, size: string | undefined): void => {
  if (size === undefined || !/^\d{1,15}$/.test(size)) return;
  const contentLengthBytes = Number(size);
  setConnectorActionErrorMeta(error, {
    contentLengthBytes,
    estimatedOutputBytes: Math.ceil(contentLengthBytes / 3) * 4,
  });
};

/** Downloads a file. Exports files in formats of Google. */
export const downloadFile = defineAction({
  input: z.strictObject({
    fileId: fileId().describe('Id of the file'),
    responseType: z
      .enum(['arraybuffer', 'text'])
      .default('arraybuffer')
      .describe('"text" returns text if the file is text; "arraybuffer" returns base64'),
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
    'Downloads one file. With responseType "text", Google documents are exported as Markdown, spreadsheets as CSV and other Google formats ' +
    'as plain text; otherwise spreadsheets are exported as XLSX and other Google formats as PDF. Other files are not converted.',
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
        // Type and size of the content. For an export they differ from those of the file.
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

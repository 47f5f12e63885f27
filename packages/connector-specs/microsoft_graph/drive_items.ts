import { matchesHost } from '@latchkey/oauth-providers';
import { z } from 'zod';
import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import { readContent } from '../file_content/index.ts';
import { text, texts } from '../operations/index.ts';

/**
 * Hosts that serve files of SharePoint and of OneDrive for work and for personal accounts. Their
 * URLs contain the credential.
 */
export const FILE_HOSTS = [
  '*.sharepoint.com',
  '*.svc.ms',
  '*.1drv.com',
  '*.microsoftpersonalcontent.com',
] as const;

/** Returns `true` for an https URL of one of {@link FILE_HOSTS}. */
const isFileUrl = ({ protocol, hostname, port, username, password }: URL): boolean =>
  protocol === 'https:' &&
  `${port}${username}${password}` === '' &&
  FILE_HOSTS.some((pattern) => matchesHost(hostname, pattern));

/** Input that is the download URL of a file. */
export const downloadUrl = () =>
  z
    .url({ protocol: /^https$/ })
    .max(8_192)
    // This also runs after the checks above failed.
    .refine((value) => URL.canParse(value) && isFileUrl(new URL(value)), {
      message: 'is not a download URL of SharePoint or OneDrive',
    });

/** Requests a file by its {@link downloadUrl}, without credentials of the connector. */
export const requestFile = (context: ActionContext, url: string) =>
  context.request({
    url,
    isAnonymous: true,
    onRedirect: (to) => {
      if (isFileUrl(to)) return;
      throw new ConnectorActionError('unexpected_response', 'the file redirects to another host');
    },
  });

/** A file or folder. Other fields of Graph, such as `@microsoft.graph.downloadUrl`, are kept. */
export const driveItem = z.looseObject({
  id: z.string(),
  name: text(),
  size: z.number().nullish(),
  ...texts('webUrl', 'createdDateTime', 'lastModifiedDateTime'),
  file: z.looseObject({ mimeType: text() }).nullish(),
  folder: z.looseObject({ childCount: z.number().nullish() }).nullish(),
  parentReference: z.looseObject(texts('driveId', 'id', 'path')).nullish(),
});

/**
 * Reads a file for the result of an action, as text if it is text.
 * @param read.facts requests name, size and type, before the content is requested
 * @throws ConnectorActionError `invalid_input` for a folder; errors of `read`
 */
export async function readFile(read: {
  readonly facts: () => Promise<z.output<typeof driveItem>>;
  readonly content: () => Promise<Buffer>;
}) {
  const { folder, file, size } = await read.facts();
  if ((folder ?? undefined) !== undefined && (file ?? undefined) === undefined)
    throw new ConnectorActionError('invalid_input', 'a folder has no content to download');
  const content = await readContent(read.content, { format: 'text', size: size ?? undefined });
  return { ...content, mimeType: file?.mimeType ?? 'application/octet-stream' };
}

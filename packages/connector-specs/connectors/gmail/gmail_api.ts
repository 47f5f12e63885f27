import { z } from 'zod';
import { defineGoogleApi, text } from '../../google_apis/index.ts';

/** Origin of the API. */
export const GMAIL_API = 'https://gmail.googleapis.com';

/** Declares operations of the mailbox of the user who connected. */
export const { operation } = defineGoogleApi({
  name: 'Gmail API',
  baseUrl: `${GMAIL_API}/gmail/v1/users/me`,
});

const gmailScope = (name: string) => `https://www.googleapis.com/auth/gmail.${name}`;
const ALL_MAIL = 'https://mail.google.com/';

/** Scope of the app of EARS, which changes and sends nothing. */
export const READ_ONLY = gmailScope('readonly');

/** Any of the scopes permits reading. */
export const READ = [[READ_ONLY, gmailScope('modify'), ALL_MAIL]] as const;

/** Any of the scopes permits changing labels and moving to the trash. */
export const CHANGE = [[gmailScope('modify'), ALL_MAIL]] as const;

/** Any of the scopes permits sending. */
export const SEND = [
  [gmailScope('send'), gmailScope('compose'), gmailScope('modify'), ALL_MAIL],
] as const;

/**
 * Any of the scopes permits reading the address of the account. `gmail.send` alone does not. The
 * scope `gmail.metadata` would, but a token that has it cannot search.
 */
export const ADDRESS = [
  [gmailScope('compose'), READ_ONLY, gmailScope('modify'), ALL_MAIL],
] as const;

/** Id of a message. */
export const messageId = () =>
  z.string().min(1).max(64).describe('Id of the message, as in the result of searchMessages');

/** Ids of labels, as in the result of listLabels. */
export const labelIds = (max: number) => z.array(z.string().min(1).max(128)).max(max);

/** A part of a message. Its `data` is in base64url (RFC 4648 section 5). */
const part = z.looseObject({
  mimeType: text(),
  filename: text(),
  headers: z.array(z.object({ name: z.string(), value: text() })).optional(),
  body: z
    .object({ attachmentId: text(), size: z.number().optional(), data: text() })
    .optional()
    .catch(undefined),
});

/** A message. Its format decides which of the fields it has. */
export const message = z.object({
  id: z.string(),
  threadId: text(),
  labelIds: z.array(z.string()).optional(),
  snippet: text(),
  historyId: text(),
  internalDate: text(),
  sizeEstimate: z.number().optional(),
  raw: text(),
  payload: part.extend({ parts: z.array(part).optional() }).optional(),
});

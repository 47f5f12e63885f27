import { z } from 'zod';
import {
  defineGoogleApi,
  googleScope,
  lenientTexts,
  optionalNumbers,
} from '../../google_apis/index.ts';
import { textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const GMAIL_API = 'https://gmail.googleapis.com';

/** Scope of the app of EARS. It permits no changes and no sending. */
export const READ_ONLY = googleScope('gmail.readonly');
const MODIFY = googleScope('gmail.modify');
const COMPOSE = googleScope('gmail.compose');
const ALL_MAIL = 'https://mail.google.com/';

/** Scopes for sending. Each of them suffices. */
export const SEND = [[googleScope('gmail.send'), COMPOSE, MODIFY, ALL_MAIL]] as const;

/**
 * Declares operations on the mailbox of the user who connected. Each scope of an inner list
 * suffices. Those of operations that change data are the ones for labels.
 */
export const { operation } = defineGoogleApi({
  name: 'Gmail API',
  baseUrl: `${GMAIL_API}/gmail/v1/users/me`,
  oauthScopes: { read: [[READ_ONLY, MODIFY, ALL_MAIL]], change: [[MODIFY, ALL_MAIL]] },
});

/** Operation of the connection test. */
export const getProfile = operation('GET /profile', {
  description: 'Reads the account from Gmail.',
  input: {},
  output: z.object({ ...lenientTexts('emailAddress'), ...optionalNumbers('messagesTotal') }),
  // Scopes that permit the request. `gmail.send` does not. `gmail.metadata` does, but is left out
  // because it permits no search.
  oauthScopes: [[COMPOSE, READ_ONLY, MODIFY, ALL_MAIL]],
});

/** Input that selects a message. */
export const messageOf = {
  messageId: textOf(64).describe('Id of the message, as in the result of searchMessages'),
};

const body = z.object({ ...lenientTexts('attachmentId', 'data'), ...optionalNumbers('size') });
/** A part of a message. The `data` of its body is in base64url (RFC 4648 section 5). */
const part = z.looseObject({
  ...lenientTexts('mimeType', 'filename'),
  headers: z.array(z.object({ name: z.string(), ...lenientTexts('value') })).optional(),
  body: body.optional().catch(undefined),
});

/** A message. The format of the request decides which fields it has. */
export const message = z.object({
  id: z.string(),
  ...lenientTexts('threadId', 'snippet', 'historyId', 'internalDate', 'raw'),
  ...optionalNumbers('sizeEstimate'),
  labelIds: z.array(z.string()).optional(),
  payload: part.extend({ parts: z.array(part).optional() }).optional(),
});

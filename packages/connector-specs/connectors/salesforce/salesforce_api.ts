import { z } from 'zod';
import { defineApi } from '../../operations/index.ts';

/** Origin of the organization of a user, which the token response names. */
export const INSTANCE = '{grant.instance_url}';
/** Origin of the organization of an application, which has no grant of a user. */
export const LOGIN_HOST = 'https://{config.loginHost}';
/** Path prefix of the API version. */
export const VERSION = '/services/data/v66.0';

/** Declares operations of Salesforce's REST API. */
export const { operation } = defineApi({
  name: 'Salesforce API',
  baseUrl: { oauth_authorization_code: INSTANCE, oauth_client_credentials: LOGIN_HOST },
  provider: 'salesforce',
  headers: { Accept: 'application/json' },
  oauthScopes: { read: ['api'] },
  errors: {
    message: ['*.message', 'error_description'],
    code: ['*.errorCode', 'error'],
    actors: { administrator: ['API_CURRENTLY_DISABLED', 'API_DISABLED_FOR_ORG'] },
  },
});

/**
 * Name of an object in requests and queries. Only characters that cannot end a name there are
 * permitted.
 */
export const sobjectName = () =>
  z
    .string()
    .max(80)
    .regex(/^[A-Za-z0-9_]+$/)
    .describe('API name of the object, for example "Account" or "Invoice__c"');

/** Id of a record: 15 characters, or 18 with a checksum. */
export const recordId = () =>
  z
    .string()
    .min(15)
    .max(18)
    .regex(/^[A-Za-z0-9]+$/);

/** Path of the next page of a query or a search, at the same host. */
export const nextRecordsUrl = () =>
  z
    .string()
    .max(1_000)
    .regex(/^\/services\/data\/v\d+\.\d+\/(query|search)\/[A-Za-z0-9-]+$/)
    .meta({ examples: ['/services/data/v66.0/query/01gxx0000000001AAA-2000'] })
    .optional()
    .describe('nextRecordsUrl of the previous page. The other inputs are then ignored');

/** A record. The organization decides which fields it has. */
export const record = z.record(z.string(), z.unknown());

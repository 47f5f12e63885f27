import { z } from 'zod';
import { defineApi, textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const HUBSPOT_API = 'https://api.hubapi.com';

/** Declares operations of HubSpot's API. */
export const { operation } = defineApi({
  name: 'HubSpot API',
  baseUrl: HUBSPOT_API,
  provider: 'hubspot',
  errors: {
    message: ['message'],
    details: ['errors'],
    code: ['category'],
    requestId: ['correlationId'],
    requestIdHeader: 'x-hubspot-correlation-id',
  },
});

/** Id of an object, at most 64 characters. */
export const id = () => textOf(64);
/** Text of a search, at most 3,000 characters. */
export const query = () => textOf(3_000).describe('Text to search for');
/** Cursor of the next page. */
export const after = () =>
  z.string().max(1_024).optional().describe('nextCursor of the previous page');
/**
 * Results per page.
 * @param value the default
 */
export const limit = (value: number) =>
  z.int().min(1).max(100).default(value).describe('Results per page, max 100');
/** Name of a property of a record. */
export const propertyName = () => textOf(100);
/** Names of the properties to return. */
export const properties = () =>
  z
    .array(propertyName())
    .max(50)
    .optional()
    .describe('Names of properties to return, for example email. Default: a few of each type');

/** Paths in a response to the items and the next page of a list. */
export const listPages = {
  next: 'cursor',
  cursor: 'after',
  path: 'paging.next.after',
  items: 'results',
} as const;

/**
 * A record of the CRM. The values of its properties are texts, also if they are numbers or dates.
 */
export const crmObject = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string(),
  updatedAt: z.string(),
  archived: z.boolean().optional(),
});

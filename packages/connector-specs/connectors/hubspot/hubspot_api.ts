import { defineApi, pageCursor, pageSize, textOf } from '../../operations/index.ts';

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

/**
 * Inputs of a list.
 * @param byDefault results per page
 */
export const listPage = (byDefault: number) => ({
  limit: pageSize('Results', { max: 100, byDefault }),
  after: pageCursor(1_024),
});

/** Paths in a response to the items and the next page of a list. */
export const listPages = {
  next: 'cursor',
  cursor: 'after',
  path: 'paging.next.after',
  items: 'results',
} as const;

import { z } from 'zod';
import {
  graphPages,
  id,
  isAppOnly,
  needs,
  operation,
  pageToken,
} from '../../microsoft_graph/graph_api.ts';
import { text, texts } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';

/** Scope and OAuth scopes of all actions that read sites. */
export const READ_SITES = {
  scope: 'read',
  ...needs('Sites.Selected', 'Sites.Read.All', 'Sites.ReadWrite.All'),
} as const;

const ofSite = {
  siteId: id().describe('Id of the site: host name, collection and site, with commas'),
};
const entry = z.looseObject({ id: z.string(), ...texts('name', 'webUrl') });
const site = entry.extend({ displayName: text() });
const listOfSite = { ...ofSite, pageToken: pageToken() };
const list = { ...READ_SITES, pages: graphPages } as const;

/** Operations that the handlers call. */
export const siteOperations = {
  searchSites: operation('GET /sites', {
    ...list,
    input: { search: z.string(), pageToken: pageToken() },
    output: site,
  }),
  listAllSites: operation('GET /sites/getAllSites', {
    ...list,
    input: { pageToken: pageToken() },
    output: site,
  }),
  getById: operation('GET /sites/{siteId}', {
    ...READ_SITES,
    input: ofSite,
    output: site,
  }),
  getByPath: operation('GET /sites/{hostname}:/{path}', {
    ...READ_SITES,
    input: { hostname: z.string(), path: z.string() },
    multiSegment: ['path'],
    output: site,
  }),
};

const RELATIVE_URL = /^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):\/+([^?#\\]+)$/;

/** Actions for sites, their pages and lists. */
export const siteActions = {
  getAllSites: defineAction({
    ...READ_SITES,
    input: siteOperations.listAllSites.input
      .extend({
        search: z.string().max(256).optional().describe('Words in name or address of the site'),
      })
      .prefault({}),
    output: siteOperations.searchSites.output,
    isTool: true,
    description:
      'Lists sites with id, name and address, one page at a time. Users get the sites they can open, and may search; with client credentials, all sites are listed and search is ignored.',
    handler: (context, { search, ...page }) =>
      isAppOnly(context)
        ? siteOperations.listAllSites.call(context, page)
        : siteOperations.searchSites.call(context, { search: search || '*', ...page }),
  }),
  getSite: defineAction({
    ...READ_SITES,
    input: z.union([
      z.strictObject(ofSite),
      z.strictObject({
        relativeUrl: z
          .string()
          .max(1_024)
          .regex(RELATIVE_URL)
          .describe('Host and path, for example "contoso.sharepoint.com:/sites/team"')
          .meta({ examples: ['contoso.sharepoint.com:/sites/team'] }),
      }),
    ]),
    output: site,
    isTool: true,
    description:
      'Reads one site with its id, name and address, by its id or by its address. Use it to find the id of a site whose address is known.',
    handler: (context, input) => {
      if ('siteId' in input) return siteOperations.getById.call(context, input);
      const [, hostname = '', path = ''] = RELATIVE_URL.exec(input.relativeUrl) ?? [];
      return siteOperations.getByPath.call(context, { hostname, path: path.replace(/:$/, '') });
    },
  }),
  getSitePages: operation('GET /sites/{siteId}/pages', {
    ...list,
    input: listOfSite,
    description:
      'Lists pages of a site with id, title and address. Use getSitePageContents for their text.',
    output: entry.extend({ title: text() }),
  }),
  getSitePageContents: operation('GET /sites/{siteId}/pages/{pageId}/microsoft.graph.sitePage', {
    ...READ_SITES,
    description:
      'Reads one page of a site with its layout: sections, columns, texts and web parts.',
    input: { ...ofSite, pageId: id().describe('Id of the page') },
    fixed: { query: { $expand: 'canvasLayout' } },
    output: entry.extend({ title: text(), canvasLayout: z.looseObject({}).nullish() }),
  }),
  getSiteDrives: operation('GET /sites/{siteId}/drives', {
    ...list,
    input: listOfSite,
    description: 'Lists document libraries of a site as drives. Use getDriveItems for their files.',
    output: entry.extend({ driveType: text() }),
  }),
  getSiteLists: operation('GET /sites/{siteId}/lists', {
    ...list,
    input: listOfSite,
    description:
      'Lists lists of a site with id, name and address. Use getSiteListItems for their rows.',
    output: entry.extend({ displayName: text() }),
  }),
  getSiteListItems: operation('GET /sites/{siteId}/lists/{listId}/items', {
    ...list,
    description: 'Lists the items of a list with the values of their columns, one page at a time.',
    input: { ...listOfSite, listId: id().describe('Id or title of the list') },
    fixed: { query: { $expand: 'fields' } },
    output: z.looseObject({ id: z.string(), webUrl: text(), fields: z.looseObject({}).nullish() }),
  }),
};

import { z } from 'zod';
import * as graph from '../../microsoft_graph/index.ts';
import { composed, optionalText, text, texts } from '../../operations/index.ts';

/**
 * Declares operations of Microsoft Graph. The scopes are those for reading sites. Those for reading
 * files suffice for some of the calls.
 */
export const { operation, check } = graph.defineGraphApi([
  ...(['Sites.Selected', 'Sites.Read.All', 'Sites.ReadWrite.All'] as const),
  ...['Files.Read.All', 'Files.ReadWrite.All'],
]);

const pageToken = graph.pageToken();
const siteOf = {
  siteId: graph.id().describe('Id of the site: host name, collection and site, with commas'),
};
const entry = z.looseObject({ id: z.string(), ...texts('name', 'webUrl') });
const named = entry.extend({ displayName: text() });
const titled = entry.extend({ title: text() });
const pages = graph.graphPages;

const listSites = operation('GET /sites', {
  description:
    'Lists sites with id, name and address, one page at a time. Users get the sites they can open, and may search; with client credentials, all sites are listed and search is ignored.',
  input: {
    pageToken,
    search: optionalText(256)
      .transform((words) => words || '*')
      .describe('Words in name or address of the site'),
  },
  // Graph refuses a search by the application itself.
  pathWith: { oauth_client_credentials: '/sites/getAllSites' },
  omittedWith: { oauth_client_credentials: ['search'] },
  output: named,
  pages,
});
const getSiteById = operation('GET /sites/{siteId}', { input: siteOf, output: named });
const getSiteByPath = operation('GET /sites/{hostname}:/{path}', {
  input: { hostname: z.string(), path: z.string() },
  multiSegment: ['path'],
  output: named,
});

/** The path begins with another character than a slash, so that the pattern takes linear time. */
const RELATIVE_URL = /^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):\/+([^/?#\\][^?#\\]*)$/;

/** Actions for sites, their pages and lists. */
export const siteActions = {
  getAllSites: { ...listSites, input: listSites.input.prefault({}) },
  getSite: composed([getSiteById, getSiteByPath], {
    description:
      'Reads one site with its id, name and address, by its id or by its address. Use it to find the id of a site whose address is known.',
    input: z.union([
      getSiteById.input,
      z.strictObject({
        relativeUrl: z
          .string()
          .max(1_024)
          .regex(RELATIVE_URL)
          .describe('Host and path, for example "contoso.sharepoint.com:/sites/team"')
          .meta({ examples: ['contoso.sharepoint.com:/sites/team'] }),
      }),
    ]),
    output: named,
    handler: (context, input) => {
      if ('siteId' in input) return getSiteById.call(context, input);
      const [, hostname = '', path = ''] = RELATIVE_URL.exec(input.relativeUrl) ?? [];
      return getSiteByPath.call(context, { hostname, path: path.replace(/:$/, '') });
    },
  }),
  getSitePages: operation('GET /sites/{siteId}/pages', {
    description:
      'Lists pages of a site with id, title and address. Use getSitePageContents for their text.',
    input: { ...siteOf, pageToken },
    output: titled,
    pages,
  }),
  getSitePageContents: operation('GET /sites/{siteId}/pages/{pageId}/microsoft.graph.sitePage', {
    description:
      'Reads one page of a site with its layout: sections, columns, texts and web parts.',
    input: { ...siteOf, pageId: graph.id().describe('Id of the page') },
    fixed: { query: { $expand: 'canvasLayout' } },
    output: titled.extend({ canvasLayout: z.looseObject({}).nullish() }),
  }),
  getSiteDrives: operation('GET /sites/{siteId}/drives', {
    description: 'Lists document libraries of a site as drives. Use getDriveItems for their files.',
    input: { ...siteOf, pageToken },
    output: entry.extend({ driveType: text() }),
    pages,
  }),
  getSiteLists: operation('GET /sites/{siteId}/lists', {
    description:
      'Lists lists of a site with id, name and address. Use getSiteListItems for their rows.',
    input: { ...siteOf, pageToken },
    output: named,
    pages,
  }),
  getSiteListItems: operation('GET /sites/{siteId}/lists/{listId}/items', {
    description: 'Lists the items of a list with the values of their columns, one page at a time.',
    input: { ...siteOf, pageToken, listId: graph.id().describe('Id or title of the list') },
    fixed: { query: { $expand: 'fields' } },
    output: z.looseObject({ id: z.string(), webUrl: text(), fields: z.looseObject({}).nullish() }),
    pages,
  }),
};

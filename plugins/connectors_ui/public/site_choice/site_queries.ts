import { listSites } from '@latchkey/actions-plugin/common';
import type { HttpClient, ResponseBody } from '@latchkey/core/public';
import { queryOptions } from '@tanstack/react-query';

/** One of the sites that an authorization covers. */
export interface Site {
  readonly id: string;
  /** Text by which users recognise the site, usually a URL. */
  readonly label: string;
}

/** The sites of the current user's authorization of one connector. */
export interface Sites {
  readonly sites: readonly Site[];
  /** Id of the chosen site. `undefined`: none is chosen. */
  readonly chosenId: string | undefined;
}

/** Keys of the queries about sites. */
const siteKeys = {
  all: ['connectorsUi', 'sites'] as const,
  of: (connectorId: string) => [...siteKeys.all, connectorId] as const,
};

/** Sites of the current user's authorization. They are requested each time a dialog opens. */
export const sitesQuery = (http: HttpClient, connectorId: string) =>
  queryOptions({
    queryKey: siteKeys.of(connectorId),
    queryFn: async ({ signal }) =>
      toSites(await http.call(listSites, { params: { connectorId }, signal })),
    staleTime: 0,
    gcTime: 0,
  });

const toSites = ({ sites, site_id: chosenId }: ResponseBody<typeof listSites>): Sites => ({
  sites,
  chosenId,
});

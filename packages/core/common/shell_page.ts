/**
 * Ids and names of elements in the shell page. The server writes them, the browser side reads them.
 */
export const SHELL_PAGE = {
  /** Id of the element in which the web app is rendered. */
  rootId: 'latchkey',
  /** Id of the `<script type="application/json">` that contains the boot data. */
  bootDataId: 'latchkey-boot-data',
  /** `name` of a `<meta>` whose content is the URL of a request that the page sends first. */
  firstRequestName: 'latchkey-first-request',
  /** `property` of the `<meta>` whose `nonce` allows style elements. */
  nonceProperty: 'csp-nonce',
  /** `name` of the `<meta>` before which each style cache of EUI inserts its styles. */
  styleMarkers: {
    default: 'style-default',
    global: 'style-global',
    utility: 'style-utility',
  },
} as const;

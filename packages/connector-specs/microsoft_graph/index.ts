export { downloadUrl, driveItem, FILE_HOSTS, readFile, requestFile } from './drive_items.ts';
export {
  APPLICATION_AUTH,
  DEFAULT_SCOPE,
  defineGraphApi,
  GRAPH,
  GRAPH_ACCOUNT,
  getService,
  graphPages,
  id,
  needs,
  pageToken,
  readAccount,
  user,
} from './graph_api.ts';
export { searchFor, searchPage } from './search.ts';

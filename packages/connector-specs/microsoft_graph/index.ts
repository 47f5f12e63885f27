export { driveItem, FILE_HOSTS, isFileUrl, readFile } from './drive_items.ts';
export {
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

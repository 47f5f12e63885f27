export { askNode, blockIndices, dropIndices } from './ask_node.ts';
export { CHROMIUM } from './chromium.ts';
export type { ConnectorBody } from './connectors.ts';
export {
  createConnector,
  driveByEars,
  driveByOwnApp,
  driveNames,
  filesOwner,
  listStrictFiles,
  revocableStrictFiles,
  searchFiles,
  strictFiles,
  strictFilesOfOtherApp,
  strictOwner,
} from './connectors.ts';
export type { HttpRequest, HttpResponse } from './http_client.ts';
export { closeConnections, send } from './http_client.ts';
export type { Inspector, MemoryInUse } from './inspector.ts';
export type { Installation, InstallationOptions } from './installation.ts';
export { createUser, twoUsers } from './installation.ts';
export type { Exit, ServerOptions, ServerProcess } from './server_process.ts';
export {
  aDataPath,
  launchServer,
  listenUntilTheEnd,
  startServer,
  stopAtTheEnd,
  stopEverything,
} from './server_process.ts';
export type { StoreLocation } from './store_location.ts';
export { openStoreAt, storeAddress, storeSettings } from './store_location.ts';
export type { Call, Execution, Reachable, Route } from './test_user.ts';
export { callOf, pathOf, TestUser } from './test_user.ts';
export { within } from './within.ts';

export { DEFAULT_SPACE_DESCRIPTION } from './default_space.ts';
export { getSpaceDeletion, previewSpaceDeletion } from './deletion_routes.ts';
export {
  createSpace,
  deleteSpace,
  getActiveSpace,
  getSpace,
  listSpaces,
  listSpacesInternally,
  MANAGE_SPACES,
  spaceBody,
  spaceChangesBody,
  updateSpace,
} from './space_routes.ts';

export { selectSpaces } from './select_spaces.ts';
export { SpaceMenu } from './space_menu.tsx';
export { spacePath } from './space_path.ts';

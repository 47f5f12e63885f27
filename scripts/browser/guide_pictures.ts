/** Folder of the pictures of docs/user-guide.md, relative to the root of the checkout. */
export const GUIDE_FOLDER = 'docs/images';

/** A picture of the user guide: a story in the light theme, 1280 px wide. */
export interface GuidePicture {
  readonly file: string;
  readonly group: string;
  readonly story: string;
  /** Height in CSS pixels. The rest of the page is cut off. */
  readonly height: number;
  /** Pixels (CSS) to cut off on the left, for flyouts. Default: 0. */
  readonly left?: number;
}

/** Pictures of docs/user-guide.md. `npm run stories -- --guide` writes them. */
export const GUIDE_PICTURES: readonly GuidePicture[] = [
  { file: 'not_connected.png', group: 'My connections', story: 'not connected', height: 116 },
  { file: 'waiting.png', group: 'My connections', story: 'waiting', height: 230 },
  { file: 'connected.png', group: 'My connections', story: 'connected', height: 148 },
  { file: 'reconnect.png', group: 'My connections', story: 'reconnect needed', height: 148 },
  { file: 'reconnect_queue.png', group: 'My connections', story: 'guide: step', height: 112 },
  { file: 'connectors.png', group: 'Connectors', story: 'several connectors', height: 690 },
  {
    file: 'types.png',
    group: 'Connector flyout: type and problems',
    story: 'types',
    left: 640,
    height: 420,
  },
  { file: 'create.png', group: 'Connector flyout: form', story: 'new', left: 640, height: 700 },
  {
    file: 'edit.png',
    group: 'Connector flyout: edit',
    story: 'configuration',
    left: 640,
    height: 640,
  },
  {
    file: 'test.png',
    group: 'Connector flyout: test',
    story: 'parameters',
    left: 640,
    height: 620,
  },
  { file: 'authorizations.png', group: 'Authorizations of users', story: 'all', height: 314 },
  { file: 'users.png', group: 'Users, whole page', story: 'several users', height: 440 },
  { file: 'roles.png', group: 'Roles, whole page', story: 'several roles', height: 400 },
  { file: 'role.png', group: 'Roles', story: 'edit role', left: 640, height: 800 },
  { file: 'spaces.png', group: 'Spaces, whole page', story: 'several spaces', height: 400 },
  { file: 'space.png', group: 'Spaces', story: 'edit space', left: 640, height: 560 },
];

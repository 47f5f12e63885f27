/** Width of all flyouts with a form, in pixels; at most the width of the window. */
export const FLYOUT_SIZE = { size: 640, maxWidth: '100%' } as const;

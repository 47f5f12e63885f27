/** Width in pixels of all flyouts with a form. They are at most as wide as the window. */
export const FLYOUT_SIZE = { size: 640, maxWidth: '100%' } as const;

/**
 * Description with which the first start of a server stores the default space. The web app shows it
 * in the language of the user until an administrator writes another one.
 */
export const DEFAULT_SPACE_DESCRIPTION = 'The space that every installation has.';

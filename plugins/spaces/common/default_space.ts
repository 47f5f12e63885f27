/**
 * Description that the first start of a server stores for the default space. The web app translates
 * it until an administrator writes another description.
 */
export const DEFAULT_SPACE_DESCRIPTION = 'The space that every installation has.';

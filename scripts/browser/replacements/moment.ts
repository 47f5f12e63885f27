/**
 * Replaces moment in the web app, which formats dates with `Intl`. EUI imports moment to recognize
 * objects of it, and for date pickers. The size budget rejects date pickers, because they need the
 * real moment.
 */
export const isMoment = (): boolean => false;

/** Returns `true` for a JavaScript date. */
export const isDate = (value: unknown): boolean => value instanceof Date;

/**
 * Replaces the function of moment.
 * @throws TypeError always
 */
function moment(): never {
  throw new TypeError('The web app has no moment: format dates with Intl');
}

// biome-ignore lint/style/noDefaultExport: EUI imports the default export of moment.
export default Object.assign(moment, { isMoment, isDate });

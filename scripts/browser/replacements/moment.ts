/**
 * Replaces moment in the web app, which formats dates with `Intl`. EUI imports moment to recognize
 * its objects and for date pickers. The size budget refuses date pickers, because they need moment.
 */
export const isMoment = (): boolean => false;

/** True for a JavaScript date. */
export const isDate = (value: unknown): boolean => value instanceof Date;

/** @throws TypeError always */
function moment(): never {
  throw new TypeError('The web app has no moment: format dates with Intl');
}

// biome-ignore lint/style/noDefaultExport: EUI imports the default export of moment.
export default Object.assign(moment, { isMoment, isDate });

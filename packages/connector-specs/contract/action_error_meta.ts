/** Facts about a failed action that a caller may act on, for example `contentLengthBytes`, `estimatedOutputBytes`. Never secrets. */
export type ConnectorActionErrorMeta = Readonly<Record<string, string | number | boolean>>;

/** Kept beside the errors rather than on them, so frozen and foreign errors work and no serializer prints it twice. */
const metaOfErrors = new WeakMap<object, ConnectorActionErrorMeta>();

/** Attaches facts to an error before it is thrown on; later values win. Anything but an object is left alone. */
export const setConnectorActionErrorMeta = (
  error: unknown,
  meta: ConnectorActionErrorMeta,
): void => {
  if (typeof error !== 'object' || error === null) return;
  metaOfErrors.set(error, { ...metaOfErrors.get(error), ...meta });
};

/** What {@link setConnectorActionErrorMeta} attached; `undefined`: nothing. */
export const getConnectorActionErrorMeta = (
  error: unknown,
): ConnectorActionErrorMeta | undefined =>
  typeof error === 'object' && error !== null ? metaOfErrors.get(error) : undefined;

import { firstKeepAliveDate } from './keep_alive_date.ts';

/**
 * Backfill: gives grants of older versions an early date. The next keep-alive run computes the real
 * date.
 */
export function backfillKeepAlive({
  status,
  issuedAt,
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isAlive = status === 'connected' || status === 'refresh_failing';
  return isAlive && typeof issuedAt === 'string'
    ? { keepAliveAt: firstKeepAliveDate(new Date(issuedAt)).toISOString() }
    : {};
}

/**
 * Backfill: renames the error code of a lost response, which older versions stored under another
 * name.
 */
export function renameLostResponse({
  lastError,
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isOldCode =
    typeof lastError === 'object' &&
    lastError !== null &&
    'code' in lastError &&
    lastError.code === 'refresh_answer_lost';
  return isOldCode ? { lastError: { ...lastError, code: 'refresh_response_lost' } } : {};
}

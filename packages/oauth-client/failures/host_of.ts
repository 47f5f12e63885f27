/** Host name for messages. Query and path stay out: they may hold tenant names or worse. */
export function hostOf(endpoint: string): string {
  return URL.parse(endpoint)?.hostname || 'the authorization server';
}

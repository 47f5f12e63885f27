/**
 * Path of a page on which a user connects their own account to a connector. Signed-out users log in
 * first and come back to it.
 */
const invitationPath = (connectorId: string): string =>
  `/app/my_connections?connector=${encodeURIComponent(connectorId)}`;

/** Absolute link of {@link invitationPath}, for mails and chats. */
export const invitationLink = (
  connectorId: string,
  page: { readonly origin: string; readonly href: (path: string) => string },
): string => `${page.origin}${page.href(invitationPath(connectorId))}`;

import { addMeta, UISchemas } from '../ui_metadata/index.ts';

/** A URL that limits where credentials are sent: no user info, no query, no fragment. */
export const baseUrl = () =>
  addMeta(
    UISchemas.url().refine(
      (value) => {
        if (!URL.canParse(value)) return false;
        const url = new URL(value);
        return `${url.username}${url.password}${url.search}${url.hash}` === '';
      },
      { message: 'must have no user info, query or fragment' },
    ),
    {
      label: 'URL',
      helpText: 'Requests and credentials go to this URL and below it, nowhere else.',
      widget: 'text',
      placeholder: 'https://',
      validate: { allowedHosts: true },
    },
  );

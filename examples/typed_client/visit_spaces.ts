import { HttpClient } from '@latchkey/core/public';
import { createSpace, deleteSpace, listSpaces } from '@latchkey/spaces-plugin/common';

/** Creates a space, reads the names of all spaces, and deletes the space again. */
export async function visitSpaces(baseUrl: string, credentials: string): Promise<string[]> {
  const headers = { authorization: `Basic ${btoa(credentials)}` };
  const http = new HttpClient({ fetch, baseUrl, headers });
  const space = await http.call(createSpace, { body: { id: 'visited', name: 'Visited space' } });
  try {
    const spaces = await http.call(listSpaces);
    return spaces.map(({ name }) => name);
  } finally {
    await http.call(deleteSpace, { params: { id: space.id } });
  }
}

if (import.meta.main) {
  const [baseUrl = 'http://localhost:5601', credentials = 'elastic:changeme'] =
    process.argv.slice(2);
  console.log(await visitSpaces(baseUrl, credentials));
}

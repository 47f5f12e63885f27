import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleInputs } from './role.ts';

const RESPONSE = JSON.stringify({ id: 'f-1', name: 'Quarterly report', labels: ['a', 'b', 'c'] });

/**
 * The service that connectors call. It sends a small JSON response to requests with a bearer token.
 */
const server = createServer((request, response) => {
  const isAuthorized = request.headers.authorization?.startsWith('Bearer ') === true;
  request.resume().on('end', () => {
    response.statusCode = isAuthorized ? 200 : 401;
    response.setHeader('content-type', 'application/json');
    response.end(RESPONSE);
  });
});

handleInputs<'listen', string>(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

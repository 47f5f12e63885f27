import { IncomingMessage } from 'node:http';
import type { Exchange } from './web_exchange.ts';

/** Returns a copy of the request with an unread body, for a library that reads requests itself. */
export function replayRequest({ request, body }: Exchange): IncomingMessage {
  const replay = new IncomingMessage(request.socket);
  replay.method = request.method;
  replay.url = request.url;
  replay.headers = request.headers;
  replay.rawHeaders = request.rawHeaders;
  replay.httpVersion = request.httpVersion;
  replay.httpVersionMajor = request.httpVersionMajor;
  replay.httpVersionMinor = request.httpVersionMinor;
  replay.push(body);
  replay.push(null);
  // Otherwise the end of the request would look like an aborted request, and the socket would be
  // closed before the response.
  replay.complete = true;
  return replay;
}

// Entry file of the processes that WorkerTemplateRenderer starts. Node runs this file directly,
// without a build.
import { serveRequests } from '../processes/serve_requests.ts';
import { renderRequest } from './render_request.ts';

serveRequests(() => renderRequest);

// The process of WorkerTemplateRenderer. Node runs this file itself, without a build.
import { serveRequests } from '../processes/serve_requests.ts';
import { renderRequest } from './render_request.ts';

serveRequests(() => renderRequest);
